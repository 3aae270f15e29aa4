"""Measures of organized crime: what a reader computes.

Functions take plain numbers or tables and return an :class:`Estimate`, which never comes without its
uncertainty and its assumptions, or a table. What cannot be estimated raises :class:`NoEstimate` with the
reason and the way out.

Nothing is loaded before it is used, so that the import takes a moment and not a second.
"""
from __future__ import annotations

import importlib

_HOME = {
    "Estimate": "estimate",
    "NoEstimate": "estimate",
    "agreement": "ratings",
    "brokerage": "networks",
    "centrality_table": "networks",
    "composite_index": "ratings",
    "consumption": "drug_flows",
    "core_periphery": "networks",
    "crime_harm": "policy",
    "crosswise": "sensitive_questions",
    "dark_figure": "surveys",
    "difference_in_differences": "policy",
    "displacement_quotient": "policy",
    "disruption_curve": "networks",
    "first_digits": "proceeds",
    "gini": "proceeds",
    "gravity_ppml": "proceeds",
    "gravity_shares": "proceeds",
    "herfindahl": "proceeds",
    "interception_rate": "drug_flows",
    "interrupted_series": "policy",
    "key_players": "networks",
    "list_experiment": "sensitive_questions",
    "mirror_gap": "traded_goods",
    "multiple_systems": "systems",
    "multiplier": "hidden_populations",
    "network_scale_up": "scale_up",
    "post_stratify": "surveys",
    "prevalence": "traded_goods",
    "price_chain": "prices",
    "pure_price": "prices",
    "rake": "surveys",
    "randomized_response": "sensitive_questions",
    "respondent_driven": "recruitment",
    "response_times": "durations",
    "supply": "drug_flows",
    "survey_estimate": "surveys",
    "trace_sources": "traded_goods",
    "truncated_counts": "hidden_populations",
    "two_source": "hidden_populations",
    "validate_scale_up": "scale_up",
    "wastewater_load": "wastewater",
}

__all__ = sorted(_HOME)


def __getattr__(name: str):
    if name not in _HOME:
        raise AttributeError(f"module 'measurement' has no attribute {name!r}; it has {', '.join(__all__)}")
    value = getattr(importlib.import_module(f"measurement.{_HOME[name]}"), name)
    globals()[name] = value  # the next use finds it without this function
    return value


def __dir__() -> list[str]:
    return __all__
