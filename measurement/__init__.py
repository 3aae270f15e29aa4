"""Measures of organized crime: what a reader computes.

Functions take plain numbers or tables and return an :class:`Estimate`, which never comes without its
uncertainty and its assumptions. What cannot be estimated raises :class:`NoEstimate` with the reason and the
way out.
"""
from measurement.estimate import Estimate, NoEstimate
from measurement.hidden_populations import two_source

__all__ = ["Estimate", "NoEstimate", "two_source"]
