// The examples, as `build.mjs` found them in the repository.

import examples from "layerlab:examples";

/** As JSON. */
export const text: string = examples;
