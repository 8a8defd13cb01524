import { defineConfig } from "vite";

// One file that the command runs, and that anybody can read.
export default defineConfig({
  build: {
    outDir: "dist",
    target: "es2022",
    lib: { entry: "src/index.ts", formats: ["es"], fileName: () => "pvn-verify.mjs" },
    rollupOptions: { output: { codeSplitting: false } },
  },
});
