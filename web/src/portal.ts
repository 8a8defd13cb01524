// The one script of the public pages. Everything works without it; with it, figures follow new
// payments, and the page says so when it can no longer hear of them.
import { follow } from "./live.ts";

follow(document);
