"""Times one peer's way to hand out tasks that do nothing: a JSON line, with the fields of
`swingby bench dispatch --json`.

Usage: dispatch_peer.py loky|dask|ray|hyperqueue [TASKS [WORKERS]]

Each peer has two workers of one core and warm processes. Cold start is from the start of this
process to the first task's result, imports included. HyperQueue runs a process a task, which is what
it is for; its client looks for the end once a second.
"""
import importlib.metadata
import json
import os
import resource
import sys
import tempfile
import time

BEGIN = time.monotonic()


def noop(x):
    return x


def report(peer, package, kind, tasks, workers, cold, seconds):
    print(json.dumps({
        "schema": 1, "bench": "dispatch", "peer": peer,
        "version": importlib.metadata.version(package), "kind": kind, "durable": False,
        "tasks": tasks, "workers": workers, "seconds": round(seconds, 4),
        "tasks_per_s": round(tasks / seconds, 1), "us_per_task": round(seconds / tasks * 1e6, 1),
        "cold_start_s": round(cold, 3),
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }), flush=True)


def loky(tasks, workers):
    from loky import get_reusable_executor
    executor = get_reusable_executor(max_workers=workers, timeout=60)
    executor.submit(noop, 0).result()
    cold = time.monotonic() - BEGIN
    begin = time.perf_counter()
    futures = [executor.submit(noop, i) for i in range(tasks)]
    assert [future.result() for future in futures] == list(range(tasks))
    report("loky", "loky", "call", tasks, workers, cold, time.perf_counter() - begin)
    executor.shutdown()


def dask(tasks, workers):
    from dask.distributed import Client, LocalCluster
    with LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None,
                      host="127.0.0.1", silence_logs=50) as cluster, Client(cluster) as client:
        client.submit(noop, -1, pure=False).result()
        cold = time.monotonic() - BEGIN
        begin = time.perf_counter()
        assert client.gather(client.map(noop, range(tasks), pure=False)) == list(range(tasks))
        report("dask", "distributed", "call", tasks, workers, cold, time.perf_counter() - begin)


def ray(tasks, workers):
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    import ray
    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False,
             logging_level="ERROR", object_store_memory=200 << 20, _node_ip_address="127.0.0.1")
    remote = ray.remote(num_cpus=1)(noop)
    ray.get(remote.remote(0))
    cold = time.monotonic() - BEGIN
    begin = time.perf_counter()
    assert ray.get([remote.remote(i) for i in range(tasks)]) == list(range(tasks))
    report("ray", "ray", "call", tasks, workers, cold, time.perf_counter() - begin)
    ray.shutdown()


def hyperqueue(tasks, workers):
    from hyperqueue import Job
    from hyperqueue.cluster import LocalCluster, WorkerConfig

    def run(client, count):
        job = Job()
        for _ in range(count):
            job.program(["true"], stdout=None, stderr=None)
        client.wait_for_jobs([client.submit(job)])

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with LocalCluster(folder, WorkerConfig(cores=workers)) as cluster:
            client = cluster.client()
            run(client, 1)
            cold = time.monotonic() - BEGIN
            begin = time.perf_counter()
            run(client, tasks)
            report("hyperqueue", "hyperqueue", "process", tasks, workers, cold,
                   time.perf_counter() - begin)


if __name__ == "__main__":
    peers = {peer.__name__: peer for peer in (loky, dask, ray, hyperqueue)}
    if len(sys.argv) < 2 or sys.argv[1] not in peers:
        sys.exit(__doc__)
    numbers = [int(text) for text in sys.argv[2:]]
    peers[sys.argv[1]](*(numbers + [10_000, 2][len(numbers):]))
