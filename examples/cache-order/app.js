const target = process.env.TARGET ?? "blog.example.com";

setInterval(() => {
  console.log(`Making request to ${target}`);
}, 3000);
