#!/bin/sh
# Times of whole builds beside buildah: `tests/oracle/times.sh FOLDER [RUNS]`, where FOLDER has
# base/alpine.tar. A build of ten steps, three of them RUN, over a base that is there already: cold, with
# everything cached, and with its last RUN edited. Each figure is the median of RUNS (7) whole processes
# in milliseconds; buildah's runs with chroot isolation and layers, as `apt install buildah` brings it.
# LAYERLAB names the command; a release build of it gives the figures that are meant.
set -eu
folder=${1:?usage: times.sh FOLDER [RUNS]}
runs=${2:-7}
layerlab=${LAYERLAB:-target/release/layerlab}
case $layerlab in /*) ;; *) layerlab=$PWD/$layerlab ;; esac
here=$(mktemp -d)
trap 'rm -rf "$here"' EXIT

context() {
    mkdir -p "$here/context/dir"
    printf 'aaa\n' > "$here/context/a.txt"
    printf 'x\n' > "$here/context/dir/x.txt"
    cat > "$here/context/Dockerfile" <<EOF
FROM $1
ENV A=1
WORKDIR /w
COPY a.txt .
RUN echo one > one && mkdir d
COPY dir /d
RUN cat a.txt /d/x.txt | wc -l > two
LABEL made=here
RUN echo $2 > three
CMD ["cat", "three"]
EOF
}

# Milliseconds of a command.
timed() {
    begun=$(date +%s%N)
    "$@" > "$here/log" 2>&1 || { cat "$here/log" >&2; exit 1; }
    echo $((($(date +%s%N) - begun) / 1000000))
}

median() { sort -n | sed -n "$(((runs + 1) / 2))p"; }

# $1: cold, cached or edited; the rest builds the context, and `fresh` forgets every build before.
figure() {
    case $1 in
    cold) for _ in $(seq "$runs"); do fresh; context "$base" three; timed build; done ;;
    cached)
        fresh; context "$base" three; build > "$here/log" 2>&1
        for _ in $(seq "$runs"); do timed build; done
        ;;
    edited)
        fresh; context "$base" three; build > "$here/log" 2>&1
        for n in $(seq "$runs"); do context "$base" "three $n"; timed build; done
        ;;
    esac | median
}

line() { printf '%-28s %8s %8s %8s\n' "$@"; }

line "milliseconds" cold cached edited
for builder in buildkit classic; do
    base=alpine:3.20
    engine=1; [ $builder = classic ] && engine=0
    fresh() {
        rm -rf "$here/state"
        "$layerlab" docker --state "$here/state" import -c 'CMD ["/bin/sh"]' "$folder/base/alpine.tar" $base \
            > "$here/log" 2>&1
    }
    build() { DOCKER_BUILDKIT=$engine "$layerlab" docker --state "$here/state" build -t lab "$here/context"; }
    line "layerlab, $builder" "$(figure cold)" "$(figure cached)" "$(figure edited)"
done
if ! command -v buildah > /dev/null; then
    echo "SKIP buildah: it is not installed; apt install buildah"
    exit 0
fi
base=localhost/alpine:3.20
store="--root $here/storage --runroot $here/run --storage-driver ${STORAGE_DRIVER:-overlay}"
fresh() {
    # shellcheck disable=SC2086
    buildah $store rmi -a -f > "$here/log" 2>&1 || :
    name=$(buildah $store from scratch)
    buildah $store add "$name" "$folder/base/alpine.tar" / > "$here/log" 2>&1
    buildah $store config --cmd /bin/sh "$name" > "$here/log" 2>&1
    buildah $store commit --rm "$name" $base > "$here/log" 2>&1
}
# shellcheck disable=SC2086
build() { buildah $store build --isolation chroot --layers -t lab "$here/context"; }
line "$(buildah --version | cut -d' ' -f1-3)" "$(figure cold)" "$(figure cached)" "$(figure edited)"
