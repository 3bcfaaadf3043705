#!/bin/sh
# Stands for a package manager: a folder for each line of the list.
set -eu

while read -r name version; do
  mkdir -p "vendor/$name"
  echo "$name@$version" > "vendor/$name/VERSION"
  echo "added $name@$version"
done < dependencies.txt
