//! What a first visit begins with.

use std::collections::BTreeMap;

use super::path::FilePath;
use super::project::{File, Project};

const DOCKERFILE: &str = r#"# Edit any line: it builds while you type.
FROM ubuntu
LABEL org.opencontainers.image.title="hello"
ENV GREETING="hello" LANG=C.UTF-8
WORKDIR /srv/app

# Only what changed runs again. Try app.js.
COPY app.js .
COPY config config/
RUN mkdir -p log tmp && \
    sed "s/@GREETING@/$GREETING/" config/site.conf > site.conf && \
    sha256sum app.js site.conf > SHA256SUMS
RUN sort config/words.txt | head -n 3 > tmp/top.txt && \
    wc -l config/words.txt tmp/top.txt
RUN rm -r tmp config/words.txt

EXPOSE 8080
CMD ["cat", "SHA256SUMS"]
"#;

const APP_JS: &str = r#"import { createServer } from "node:http";

const greeting = process.env.GREETING ?? "hi";

createServer((request, response) => {
  response.end(`${greeting} from ${request.url}\n`);
}).listen(8080);
"#;

const SITE_CONF: &str = "title = @GREETING@, world
port  = 8080
log   = /srv/app/log/access.log
";

const WORDS: &str = "layer
commit
digest
image
cache
context
whiteout
";

/// The project of a first visit: every kind of step, and a layer that hides bytes.
pub fn project() -> Project {
    let files = [
        ("Dockerfile", DOCKERFILE),
        ("app.js", APP_JS),
        ("config/site.conf", SITE_CONF),
        ("config/words.txt", WORDS),
    ];
    let files: BTreeMap<FilePath, File> = files
        .into_iter()
        .filter_map(|(path, text)| Some((FilePath::parse(path).ok()?, File::text(text))))
        .collect();
    Project { untouched: true, ..Project::new("hello", files) }
}
