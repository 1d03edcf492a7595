// The build puts lit-html's own module here (vendor/lit-html.js); this is how the type checker finds it.
export * from "lit-html";
