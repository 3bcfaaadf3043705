// The editor of the page. The page finds its functions in the global `layerlabEditor`.

export {};
