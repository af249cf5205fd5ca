// JSON5 of npm.
const json5 = require("json5");
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  try {
    console.log(JSON.stringify(json5.parse(Buffer.from(line, "base64").toString("utf8"))));
  } catch {
    console.log("!");
  }
});
