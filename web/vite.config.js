import { NodePackageImporter } from "sass-embedded";
import { defineConfig } from "vite";

// A script that loads another has nothing to load before it: half a kilobyte less.
const plainImports = {
  name: "plain-imports",
  enforce: "pre",
  load: (id) => (id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : undefined),
};

// Names are fixed: the server adds the content's hash to each address. Scripts that load each other have it in their names, and so find one another.
export default defineConfig({
  publicDir: "public",
  plugins: [plainImports],
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
      output: { entryFileNames: ({ name }) => (name === "check" ? "[name]-[hash].js" : "[name].js"), chunkFileNames: "[name]-[hash].js", assetFileNames: "[name][extname]" },
    },
  },
});
