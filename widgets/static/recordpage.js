// The page "Your record": the panel over the record in this browser. No other page loads it.

import { whenReady } from "./ready.js";
import { PageRecord } from "./record.js";
import { mountRecord } from "./recordpanel.js";

whenReady(() => {
  for (const element of document.querySelectorAll("[data-course=record]")) mountRecord(element, new PageRecord());
});
