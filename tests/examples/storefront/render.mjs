// Renders views of the single-page application without a browser: JSON in, JSON out.
// Input: {"views": [{"name", "data", "cart", …}]}, output: [{"view", "drawer", "mini"}] as HTML text.
import { drawer, mini } from "../../../examples/storefront/static/spa/views/cart.js";
import { VIEWS } from "../../../examples/storefront/static/spa/views/index.js";

let input = "";
for await (const chunk of process.stdin) input += chunk;
const rendered = JSON.parse(input).views.map((view) => ({
  view: String(VIEWS[view.name](view)),
  drawer: String(drawer(view.cart, view.here)),
  mini: String(mini(view.cart)),
}));
process.stdout.write(JSON.stringify(rendered));
