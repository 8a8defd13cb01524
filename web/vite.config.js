import { NodePackageImporter } from "sass-embedded";
import { defineConfig } from "vite";

// Names are fixed: the server adds the content's hash to each address.
export default defineConfig({
  publicDir: "public",
  css: {
    // govuk-frontend has a hack for old browsers (`min-width: 0\0`) that the minifier calls an error.
    lightningcss: { errorRecovery: true },
    preprocessorOptions: { scss: { importers: [new NodePackageImporter()], quietDeps: true } },
  },
  build: {
    outDir: "dist",
    target: "es2022",
    modulePreload: false,
    rollupOptions: {
      input: ["src/portal.ts", "src/check.ts", "src/portal.scss"],
      output: { entryFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
});
