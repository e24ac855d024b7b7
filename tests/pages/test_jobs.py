"""Trainings of the server: started, paused, crashed, refused, watched, and ended with the session they belong to."""

import errno
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from cnncore import InputError, Settings, load
from cnncore.training.checkpoint import to_bytes
from pages.ui import bounds
from pages.ui.jobs import job as jobs
from pages.ui.jobs import store
from pages.ui.jobs.model_files import job_from_file
from pages.ui.jobs.registry import Busy, Registry
from pages.ui.train.dashboard.payload import sentence

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
        if job.process:
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
    wait(lambda: not job.is_active)
    assert job.state == jobs.FINISHED and job.progress.step == job.progress.steps == 4
    assert job.progress.full_tests[-1][4] == 10_000
    network, _ = load(to_bytes(job.network()))
    ten = job.progress.images
    np.testing.assert_allclose(network.predict(ten), job.to_arrays()["probabilities"][-1], atol=1e-6)
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
    server.registry.resume(job)
    moved(job)
    assert job.progress.step > at and job.seconds_left > 0
    with pytest.raises(InputError, match=r"try 0\.1"):
        job.set_rate(float("nan"))
    job.stop()
    wait(lambda: not job.is_active)
    assert job.state == jobs.STOPPED and job.process.wait(10) == 0
    assert job.progress.views.last[0] == job.progress.step  # with the network as it was then
    job.pause(), job.one_step(), job.stop(), job.request_snapshot()  # nothing happens to what has ended
    assert job.state == jobs.STOPPED


def test_two_run_others_wait_in_order_and_can_be_withdrawn(server):
    server.sessions |= {"three", "four", "five"}
    one, two, three, four, five = [server.start(session=name) for name in ("one", "two", "three", "four", "five")]
    assert [job.state for job in (one, two, three, four, five)] == [jobs.RUNNING] * 2 + [jobs.WAITING] * 3
    assert [job.queue_position for job in (three, four, five)] == [0, 1, 2] and three.process is None
    assert "2 before you" in sentence(five) and "you are next" in sentence(three)
    with pytest.raises(Busy, match="Your training is still under way"):
        server.start(session="five")
    server.sessions.remove("three")  # who has gone keeps nobody waiting
    four.stop()
    assert four.state == jobs.STOPPED and four.status_text == "Withdrawn before it began."
    server.registry.check(1.0)
    assert five.queue_position == 0
    one.stop()
    wait(lambda: not one.is_active)
    server.registry.check(2.0)
    assert (three.state, five.state) == (jobs.WAITING, jobs.RUNNING)
    server.sessions.add("three")
    two.pause()  # a pause makes room
    server.registry.check(3.0)
    assert three.state == jobs.RUNNING
    server.registry.resume(two)
    assert two.state == jobs.WAITING and two.queue_position == 0
    five.stop()
    wait(lambda: not five.is_active)
    server.registry.check(4.0)
    assert two.state == jobs.RUNNING
    assert server.registry.get(one.id) is one and server.registry.get("nonsense") is server.registry.get(None) is None
    assert len(one.id) > 20 and one.id != two.id


def test_the_queue_is_bounded(server, monkeypatch):
    monkeypatch.setattr("pages.ui.bounds.TRAININGS", 0)
    monkeypatch.setattr("pages.ui.bounds.WAITING_TRAININGS", 1)
    server.start(session="one")
    with pytest.raises(Busy, match="1 trainings wait here already: try again"):
        server.start(session="two")


def test_an_epoch_slow_motion_and_again_from_the_same_weights(server):
    job = server.start(Settings(epochs=3, digits=500, threads=1, seed=3))
    job.pause()
    first = {key: values.copy() for key, values in job.progress.params.items()}
    job.one_epoch()
    server.registry.resume(job)
    wait(lambda: job.state == jobs.PAUSED)
    assert job.progress.step == 4 and job.progress.full_tests[-1][0] == 4
    wait(lambda: job.progress.views.last[0] == 4)
    job.set_pace(10)
    server.registry.resume(job)
    wait(lambda: job.progress.step >= 6)
    assert job.progress.views.last[0] >= job.progress.step - 1
    again = server.registry.restart(job)
    wait(lambda: not job.is_active)
    server.registry.check(1.0)
    assert again.state == jobs.RUNNING and again.pace == 10 and again.settings == job.settings
    assert all((again._new_monitor().params[key] == values).all() for key, values in first.items())


def test_stopped_it_goes_on_where_it_stopped_and_so_does_its_file(server):
    settings = Settings(epochs=2, digits=2000, threads=1, batch_size=32)
    whole = server.start(settings)
    wait(lambda: not whole.is_active)
    job = server.start(settings)
    job.set_pace(10)
    wait(lambda: job.progress.step > 5)
    job.stop()
    wait(lambda: not job.is_active)
    job.set_pace(0)
    at = job.progress.step
    assert job.can_go_on and load(job.current_file())[1].step == at
    copy = job_from_file(job.current_file(), "one")
    assert copy.can_go_on and copy.progress.step == at and copy.progress.steps == 126
    assert [row[:1] + row[2:] for row in copy.progress.tests.all()] == [
        row[:1] + row[2:] for row in job.progress.tests.all()
    ]
    server.registry.add(copy)
    for each in (job, copy):
        server.registry.resume(each)
        assert each.state == jobs.RUNNING
        wait(lambda each=each: not each.is_active)
        assert each.state == jobs.FINISHED and each.progress.full_tests[-1][3:] == whole.progress.full_tests[-1][3:]
        for key, values in whole.progress.params.items():
            assert values.tobytes() == each.run()[0].layers[key[0]].params[key[1]].tobytes()
        assert each.run()[1].history.losses == whole.run()[1].history.losses


def test_the_last_state_outlives_a_killed_server(server, tmp_path, monkeypatch):
    monkeypatch.setenv(store.ENVIRONMENT_VARIABLE, str(tmp_path / "runs"))
    monkeypatch.setattr("pages.ui.bounds.KEEP_SECONDS", 0)
    job = server.start()
    wait(lambda: job.progress.step > 3)
    job.check(time.monotonic())
    wait(lambda: store.read(job.id))
    job.process.kill()
    wait(lambda: not job.is_active)
    again = job_from_file(store.read(job.id), "one", id_=job.id)
    assert again.id == job.id and again.can_go_on and again.progress.step > 0
    assert store.read("../../etc/passwd") is None and store.read("x" * 22) is None


def test_what_is_kept_is_bounded_and_may_be_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(store.ENVIRONMENT_VARIABLE, str(tmp_path))
    monkeypatch.setattr("pages.ui.bounds.KEPT_FILES", 2)
    (tmp_path / "mine.txt").write_text("stays")
    ids = [letter * 22 for letter in "abcd"]
    for n, id_ in enumerate(ids):
        store.write(id_, b"data")
        os.utime(tmp_path / f"{id_}.safetensors", (n, n))
    assert store.read(ids[0]) is None and store.read(ids[3]) == b"data"
    assert len(list(tmp_path.glob("*.safetensors"))) <= 3 and (tmp_path / "mine.txt").exists()
    monkeypatch.setenv(store.ENVIRONMENT_VARIABLE, "off")
    store.write(ids[0], b"data")
    assert store.folder() is None and store.read(ids[3]) is None
    monkeypatch.delenv(store.ENVIRONMENT_VARIABLE)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert store.folder().parts[-2:] == ("convoscope", "runs")
    monkeypatch.setenv(store.ENVIRONMENT_VARIABLE, str(tmp_path / "mine.txt"))
    store.write(ids[0], b"data")  # where nothing can be written, nothing happens


def test_ended_ones_are_remembered_within_bounds(server, monkeypatch):
    monkeypatch.setattr("pages.ui.bounds.ENDED_TRAININGS", 1)
    ids = []
    for _ in range(3):
        job = server.start(SHORT)
        ids.append(job.id)
        wait(lambda job=job: not job.is_active)
    assert [bool(server.registry.get(id_)) for id_ in ids] == [False, True, True]


def test_a_crash_is_one_sentence_and_the_last_network_is_kept(server):
    job = server.start()
    wait(lambda: job.progress.step > 3)
    job.process.kill()
    wait(lambda: not job.is_active)
    assert job.state == jobs.CRASHED
    assert job.status_text.startswith(f"The training ended unexpectedly at step {job.progress.step:,} (code -9).")
    saved = job.run()[1].step
    if saved:
        assert f"as it was at step {saved:,} is saved: Continue goes on from there" in job.status_text
    else:
        assert "Nothing was saved yet: press Train to begin again." in job.status_text
    assert np.isfinite(job.network().predict(job.progress.images)).all()
    assert job.progress.views.last[0] > 0
    server.start(SHORT)  # and there is room for the next


def test_a_worker_that_does_not_speak_our_language_is_ended(server, monkeypatch):
    launch = jobs.launch_worker

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

    monkeypatch.setattr(jobs, "launch_worker", babble)
    job = server.start()
    wait(lambda: not job.is_active)
    assert job.state == jobs.CRASHED


def test_a_run_that_truly_diverges_says_at_which_step_and_what_to_try(server, monkeypatch, tmp_path):
    monkeypatch.setenv(store.ENVIRONMENT_VARIABLE, str(tmp_path))
    deep = "f-d64-r-d64-r-d64-r-d64-r-d10"  # rate 10: its weights leave float32 within a few steps
    settings = Settings(epochs=5, digits=2000, batch_size=32, learning_rate=10.0, decay="none", threads=1)
    job = server.registry.start(deep, settings, "one")
    wait(lambda: not job.is_active)
    assert job.state == jobs.DIVERGED and 0 < job.progress.step < 20
    at = job.progress.step
    assert job.status_text == f"Diverged at step {at}. The loss left all bounds: try a learning rate of 1."
    assert job.process.wait(10) == 0
    step, params = job.progress.timeline.nearest(None)
    assert 0 < step <= at and all(np.isfinite(values).all() for values in params.values())
    assert np.isfinite(job.to_arrays()["probabilities"][-1]).all()  # what is shown is the last network that was finite
    gentle = server.registry.start(deep, replace(settings, epochs=1, learning_rate=0.05), "one")
    wait(lambda: not gentle.is_active)
    assert gentle.state == jobs.FINISHED


def test_a_refused_job_says_why(server):
    job = server.start()
    job._handle_event({"event": "Refused", "message": "Unknown layer."})
    assert (job.state, job.status_text) == (jobs.REFUSED, "Unknown layer.")


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
    assert job.is_active
    server.registry.check(124.0)
    wait(lambda: not job.is_active)
    assert job.state == jobs.STOPPED and "closed" in job.status_text and job.process.wait(10) == 0


def test_a_reloaded_page_takes_over_and_goes_on(server):
    job = server.start()
    server.sessions = {"reloaded"}
    server.registry.check(1.0)
    assert job.state == jobs.PAUSED
    assert server.registry.claim(job, "reloaded") and job.owner == "reloaded"
    assert job.state == jobs.RUNNING
    server.registry.check(1000.0)
    assert job.state == jobs.RUNNING


def test_one_whose_page_is_gone_keeps_nobody_waiting_and_goes_on_when_there_is_room(server, monkeypatch):
    monkeypatch.setattr("pages.ui.bounds.TRAININGS", 1)
    left = server.start(session="one")
    server.sessions = {"two"}
    server.registry.check(1.0)
    other = server.start(session="two")
    server.sessions.add("one")  # back again, while the other trains
    server.registry.check(2.0)
    assert (left.state, other.state) == (jobs.WAITING, jobs.RUNNING)
    other.stop()
    wait(lambda: not other.is_active)
    server.registry.check(3.0)
    assert left.state == jobs.RUNNING


def test_what_the_user_paused_stays_paused(server):
    job = server.start()
    job.pause()
    server.sessions = {"reloaded"}
    server.registry.check(1.0)
    assert server.registry.claim(job, "reloaded")
    server.registry.check(2.0)
    assert job.state == jobs.PAUSED


def test_a_second_window_watches_and_does_not_steer(server):
    job = server.start(session="one")
    assert not server.registry.claim(job, "two") and job.owner == "one"
    server.sessions.remove("one")
    assert not server.registry.claim(job, "two")  # the first may only be reloading its page
    assert server.registry.claim(job, "one again") and job.owner == "one again"
    job.gone_since = time.monotonic() - bounds.STEERING_GRACE
    assert server.registry.claim(job, "two") and job.owner == "two"


def test_a_second_window_can_continue_one_that_ended_once_the_first_window_is_gone(server):
    job = server.start(session="one")
    job.stop()
    wait(lambda: not job.is_active)
    assert not server.registry.claim(job, "two")
    server.sessions.remove("one")
    server.registry.check(time.monotonic() - bounds.STEERING_GRACE)
    assert server.registry.claim(job, "two") and job.owner == "two" and not job.is_active


def test_a_worker_that_does_not_stop_is_ended(server):
    job = server.start()
    wait(lambda: job.progress.step)
    job._send = lambda plain: None  # it hears nothing
    job.stop()
    job.check(time.monotonic() + 1)
    assert job.is_active
    job.check(time.monotonic() + 60)
    wait(lambda: not job.is_active)
    assert job.state == jobs.STOPPED


SERVER = """
import signal
import time
from cnncore import Settings
from pages.ui.jobs.job import Job
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a shell's background processes ignore
job = Job("once", Settings(epochs=50, threads=1), "one")
job.begin()
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


def test_a_folder_that_cannot_be_written_is_reported_until_it_can_be(tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(errno.ENOSPC, "No space left on device")

    place = tmp_path / "runs"
    monkeypatch.setenv(store.ENVIRONMENT_VARIABLE, str(place))
    assert store.problem() is None
    place.write_bytes(b"")  # no folder can be made there
    store.write("x" * 22, b"data")
    assert "cannot save runs" in store.problem()
    place.unlink()
    store.write("x" * 22, b"data")
    assert store.problem() is None
    with monkeypatch.context() as patch:
        patch.setattr(store, "write_atomically", full)
        store.write("x" * 22, b"other")
    assert store.problem() is not None and store.read("x" * 22) == b"data"


def test_the_train_page_says_that_runs_cannot_be_saved(tmp_path, monkeypatch):
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.setenv(store.ENVIRONMENT_VARIABLE, str(tmp_path / "file"))
    store.write("x" * 22, b"data")
    page = AppTest.from_file(str(Path(__file__).parents[2] / "pages" / "train.py"), default_timeout=30).run()
    assert not page.exception and any("cannot save runs" in info.value for info in page.info)


def test_after_a_crash_the_page_names_the_step_that_continue_goes_on_from(server):
    job = server.start()
    wait(lambda: job.progress.step > 3)
    job.pause()
    wait(lambda: job.state == jobs.PAUSED and not job.file_is_coming)
    saved = job.run()[1].step
    job.process.kill()
    wait(lambda: not job.is_active)
    assert saved and f"as it was at step {saved:,} is saved: Continue goes on from there" in job.status_text
