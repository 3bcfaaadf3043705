const target = process.env.TARGET ?? "example.com";
console.log(`pinging ${target}`);
