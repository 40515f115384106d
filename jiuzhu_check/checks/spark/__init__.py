"""Spark 集群 a cluster: the parts of a check worked through on many machines, with the same functions as on one.

errand   what one process is told of one part, what it does, what it answers
cluster  Spark itself: started, given work, stopped
spread   the engine of one source's snapshot: what its parts give, by errands
"""
