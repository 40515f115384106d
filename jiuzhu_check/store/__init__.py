"""Encrypted Parquet parts under an own manifest: what a delivery was, read back exactly or not at all.

In:  frames (the rooms' tables) and raw deliveries, each under a dataset and a snapshot id
Out: the same frames, after the bytes on disk have proved to be the bytes that were written

workspace  the folder, opened with its key; a new key for it; settings: what workspace.toml says
snapshot   Store: publish, find and land snapshots; Snapshot: one of them, its facts and its parts
manifest   sealed JSON: what is in a snapshot, and which snapshots a dataset has
place      where a file belongs, bound into its encryption
part       one encrypted Parquet file; landing: one encrypted raw file
keys       the workspace key and what is derived from it; keyring_key: the desktop's key ring
durable    the one way a file gets to disk
pin        who reads a dataset keeps it from being purged; purge: the keys first, then the data
bucket     which part a number falls in
lock       one run at a time
"""
