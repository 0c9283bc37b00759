/** `keelson` in a process of its own on any checkout: CHECKOUT VERB… */
import { main } from "../../cli/main";

const [checkout = ""] = process.argv.splice(2, 1);
void main(checkout);
