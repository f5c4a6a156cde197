/** Verification apart from the page: `{blob, kept}` comes, `{progress}`, `{check}` and at last `{report}` or `{failure}` go. */
import { sortKept } from "./kept.js";
import { verifyExport } from "./verification.js";

addEventListener("message", async ({ data }) => {
  try {
    const report = await verifyExport(data.blob, {
      progress: (done, total) => postMessage({ progress: { done, total } }),
      told: (check) => postMessage({ check }),
      kept: sortKept(data.kept),
    });
    postMessage({ report });
  } catch (error) {
    postMessage({ failure: error instanceof Error ? error.message : String(error) });
  }
});
