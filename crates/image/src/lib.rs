//! OCI image config, manifest and digests; layers to and from tar.
