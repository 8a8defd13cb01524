// Lets the tests load TypeScript as it stands: types are taken off, by what builds the pages as well.
import { register } from "node:module";

register("./hooks.mjs", import.meta.url);
