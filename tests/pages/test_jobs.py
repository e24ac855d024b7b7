"""Trainings of the server: started, paused, crashed, refused, watched, and ended with the session they belong to."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from cnncore import InputError, Settings, load
from cnncore.checkpoint import to_bytes
from pages.ui.train import job as jobs
from pages.ui.train.jobs import Busy, Registry

LONG = Settings(epochs=50, threads=1)
SHORT = Settings(epochs=1, digits=500, threads=1)


class Server:
    """A registry whose sessions come and go as a test says; time too. The watchdog's look is called by hand."""

    def __init__(self):
        self.sessions = {"one", "two"}
        self.registry = Registry(lambda session: session in self.sessions, patience=120.0)

    def start(self, settings=LONG, session="one"):
        return self.registry.start("once", settings, session)


@pytest.fixture
def server():
    server = Server()
    yield server
    for job in server.registry._jobs.values():
        job.process.kill()
        job.process.wait(10)


def wait(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def moved(job):
    step = job.progress.step
    wait(lambda: job.progress.step > step)


def stands_still(job):
    """Until no event comes any more; a running worker reports twenty times a second."""

    def still():
        before = job.progress.step, job.progress.views.count
        time.sleep(0.5)
        return before == (job.progress.step, job.progress.views.count)

    wait(still)
    return True


def test_it_trains_to_the_end_and_the_network_can_be_taken_home(server):
    job = server.start(SHORT)
    wait(lambda: not job.alive)
    assert job.state == jobs.FINISHED and job.progress.step == job.progress.steps == 4
    assert job.progress.full_tests[-1][4] == 10_000
    network, _ = load(to_bytes(job.network()))
    ten = job.progress.images
    np.testing.assert_allclose(network.predict(ten), job.picture()["probabilities"][-1], atol=1e-6)
    assert job.process.wait(10) == 0


def test_pause_step_rate_resume_stop(server):
    job = server.start()
    wait(lambda: job.progress.step)
    job.pause()
    assert job.state == jobs.PAUSED and stands_still(job)
    at, seconds = job.progress.step, job.seconds
    job.set_rate(0.01)
    job.one_step()
    wait(lambda: job.progress.step == at + 1)
    wait(lambda: job.progress.views.last[0] == at + 1)
    assert job.seconds == seconds  # pauses do not count
    assert job.progress.rate <= 0.01
    job.resume()
    moved(job)
    assert job.progress.step > at and job.seconds_left > 0
    with pytest.raises(InputError, match=r"try 0\.1"):
        job.set_rate(float("nan"))
    job.stop()
    wait(lambda: not job.alive)
    assert job.state == jobs.STOPPED and job.process.wait(10) == 0
    assert job.progress.views.last[0] == job.progress.step  # with the network as it was then
    job.pause(), job.resume(), job.stop(), job.look()  # nothing happens to what has ended
    assert job.state == jobs.STOPPED


def test_one_at_a_time_and_the_refusal_is_kind(server):
    job = server.start()
    with pytest.raises(Busy, match="Your training is still under way"):
        server.start(session="one")
    with pytest.raises(Busy, match=r"Another training is under way here.* watch a recorded run"):
        server.start(session="two")
    job.stop()
    wait(lambda: not job.alive)
    again = server.start(SHORT, "two")
    wait(lambda: not again.alive)
    assert server.registry.get(job.id) is job and server.registry.get("nonsense") is server.registry.get(None) is None
    assert len(job.id) > 20 and job.id != again.id


def test_ended_ones_are_remembered_within_bounds(server, monkeypatch):
    monkeypatch.setattr("cnncore.limits.ENDED_TRAININGS", 1)
    ids = []
    for _ in range(3):
        job = server.start(SHORT)
        ids.append(job.id)
        wait(lambda job=job: not job.alive)
    assert [bool(server.registry.get(id_)) for id_ in ids] == [False, True, True]


def test_a_crash_is_one_sentence_and_the_last_network_is_kept(server):
    job = server.start()
    wait(lambda: job.progress.step > 3)
    job.process.kill()
    wait(lambda: not job.alive)
    assert job.state == jobs.CRASHED
    assert job.sentence.startswith("The training ended unexpectedly at step")
    assert np.isfinite(job.network().predict(job.progress.images)).all()
    assert job.progress.views.last[0] > 0
    server.start(SHORT)  # and there is room for the next


def test_a_worker_that_does_not_speak_our_language_is_ended(server, monkeypatch):
    launch = jobs._launch

    def babble():
        process = launch()
        process.stdout.close()
        process.stdout = iter(['{"event": "Nonsense"}\n'])
        process.stdout = Babble(process.stdout)
        return process

    class Babble:
        def __init__(self, lines):
            self.lines = lines

        def __iter__(self):
            return self.lines

        def close(self):
            pass

    monkeypatch.setattr(jobs, "_launch", babble)
    job = server.start()
    wait(lambda: not job.alive)
    assert job.state == jobs.CRASHED


def test_a_diverged_run_says_at_which_step_and_what_to_try(server, monkeypatch):
    job = server.start(Settings(epochs=50, threads=1, learning_rate=0.5))
    wait(lambda: job.progress.step)
    job._take({"event": "Diverged", "step": 12, "advice": "The loss left all bounds: try a learning rate of 0.05."})
    assert job.state == jobs.DIVERGED
    assert job.sentence == "Diverged at step 12. The loss left all bounds: try a learning rate of 0.05."


def test_a_refused_job_says_why(server):
    job = server.start()
    job._take({"event": "Refused", "message": "Unknown layer."})
    assert (job.state, job.sentence) == (jobs.REFUSED, "Unknown layer.")


def test_the_watchdog_pauses_resumes_and_ends(server):
    job = server.start()
    wait(lambda: job.progress.step)
    server.registry.check(0.0)
    assert job.state == jobs.RUNNING
    server.sessions.remove("one")  # the page is closed
    server.registry.check(1.0)
    assert job.state == jobs.PAUSED and stands_still(job)
    server.sessions.add("one")  # the Wi-Fi is back
    server.registry.check(2.0)
    assert job.state == jobs.RUNNING
    moved(job)
    server.sessions.remove("one")
    server.registry.check(3.0)
    server.registry.check(122.0)
    assert job.alive
    server.registry.check(124.0)
    wait(lambda: not job.alive)
    assert job.state == jobs.STOPPED and "closed" in job.sentence and job.process.wait(10) == 0


def test_a_reloaded_page_takes_over_and_goes_on(server):
    job = server.start()
    server.sessions = {"reloaded"}
    server.registry.check(1.0)
    assert job.state == jobs.PAUSED
    assert server.registry.attach(job, "reloaded") and job.owner == "reloaded"
    assert job.state == jobs.RUNNING
    server.registry.check(1000.0)
    assert job.state == jobs.RUNNING


def test_one_whose_page_is_gone_keeps_nobody_waiting_and_goes_on_when_there_is_room(server):
    left = server.start(session="one")
    server.sessions = {"two"}
    server.registry.check(1.0)
    other = server.start(session="two")
    server.sessions.add("one")  # back again, while the other trains
    server.registry.check(2.0)
    assert (left.state, other.state) == (jobs.PAUSED, jobs.RUNNING)
    with pytest.raises(Busy, match="Another training"):
        server.registry.resume(left)
    other.stop()
    wait(lambda: not other.alive)
    server.registry.check(3.0)
    assert left.state == jobs.RUNNING


def test_what_the_user_paused_stays_paused(server):
    job = server.start()
    job.pause()
    server.sessions = {"reloaded"}
    server.registry.check(1.0)
    assert server.registry.attach(job, "reloaded")
    server.registry.check(2.0)
    assert job.state == jobs.PAUSED


def test_a_second_window_watches_and_does_not_steer(server):
    job = server.start(session="one")
    assert not server.registry.attach(job, "two") and job.owner == "one"
    server.sessions.remove("one")
    assert server.registry.attach(job, "two") and job.owner == "two"


def test_a_worker_that_does_not_stop_is_ended(server):
    job = server.start()
    wait(lambda: job.progress.step)
    job._say = lambda plain: None  # it hears nothing
    job.stop()
    job.check(time.monotonic() + 1)
    assert job.alive
    job.check(time.monotonic() + 60)
    wait(lambda: not job.alive)
    assert job.state == jobs.STOPPED


SERVER = """
import time
from cnncore import Settings
from pages.ui.train.job import Job
job = Job("once", Settings(epochs=50, threads=1), "one")
while not job.progress.step:
    time.sleep(0.02)
print(job.process.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals as POSIX has them")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
def test_a_training_never_outlives_its_server(end):
    root = Path(__file__).parents[2]
    out = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen([sys.executable, "-c", SERVER], cwd=root, text=True, **out) as parent:
        worker = int(parent.stdout.readline())
        os.kill(worker, 0)  # it is there
        parent.send_signal(end)
    wait(lambda: ended(worker))


def ended(process):
    """Whether it is gone; one that nobody waits for stays listed as a zombie."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    stat = Path(f"/proc/{process}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z"
