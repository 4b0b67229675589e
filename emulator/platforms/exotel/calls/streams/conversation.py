"""A stream that is open: the person's sound goes out, the bot's is played, both are watched."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Final

from emulator.kit.sounds import WavSound
from emulator.kit.stream_sound import StreamSound
from emulator.kit.voice import PersonVoice, resample_part
from emulator.kit.world import BotSocket
from emulator.platforms.exotel.calls.records.streams import BotStream
from emulator.platforms.exotel.calls.streams.bot_messages import BotMessage, read_bot_message
from emulator.platforms.exotel.calls.streams.extensions import (
    Extension,
    SilenceWatch,
    sides_of,
)
from emulator.platforms.exotel.calls.streams.findings import Findings
from emulator.platforms.exotel.calls.streams.lines import StreamLine
from emulator.platforms.exotel.calls.streams.messages import MessageWriter, StopReason
from emulator.platforms.exotel.calls.streams.person import Person, PersonStep
from emulator.platforms.exotel.calls.streams.playback import MAX_QUEUED_SECONDS, Playback

Frame = tuple[float, str, str, Any]
"""When, in seconds of the stream; who sent it; its event; its size in bytes, or its name."""
MAX_AHEAD_SECONDS: Final = 30
SILENT_BOT_SECONDS: Final = 10
LATE_CLEAR_SECONDS: Final = 1.0
PING_MILLISECONDS: Final = 600
"""A multiple of every chunk."""
LINGER_SECONDS: Final = 0.25
"""How long the line stays open after stop, to see whether the bot continues sending. assumed"""


class LiveStream:
    """One stream, chunk by chunk."""

    def __init__(
        self,
        record: BotStream,
        writer: MessageWriter,
        *,
        address: str,
        script: Iterable[PersonStep],
        chunk_milliseconds: int,
        line: StreamLine,
        with_pings: bool,
        findings: Findings,
        frames: deque[Frame],
        real: Callable[[], float],
        sound: StreamSound,
        voice: PersonVoice,
        sounds: Callable[[str], WavSound | None],
    ) -> None:
        """``address``: with user and password, for the handshake alone.

        ``line``: what holds messages back, if the network is slow. ``with_pings``: pings are sent.
        ``real`` returns the seconds of a real clock, by which sound of the bot's arrives.
        """
        self.record, self.address = record, address
        self._writer, self._findings = writer, findings
        self._frames, self._sound, self._real = frames, sound, real
        self._line, self._with_pings = line, with_pings
        self._sent_at = 0.0
        self.chunk_milliseconds = chunk_milliseconds
        self.playback = Playback(writer.rate)
        self._prepare(writer.extension)
        is_audible = self._extension is not None and self._extension.keys == "passthrough"
        self.person = Person(
            script, writer.rate, self.playback, voice, sounds, sounds_keys=is_audible
        )
        self.is_two_way = record.kind != "stream"
        self.socket: BotSocket | None = None
        self.due = 0
        """The tick at which the next chunk, or the next attempt, is due."""
        self.is_started = False
        self.chunks = 0

    def _prepare(self, extension: Extension | None) -> None:
        """Prepare what is watched, and what only an extension needs."""
        self._is_speaking = False
        self._overlap: float | None = None
        """Seconds for which a sentence has been spoken into the bot's sound; None if it was not."""
        self._extension = extension
        milliseconds = None if extension is None else extension.silence_milliseconds
        self._silence = SilenceWatch(milliseconds)
        self.is_silenced = False
        """A silence ends the call."""
        self.listeners: list[LiveStream] = []
        """One-way streams of the call that carry what the person hears here."""
        self._overheard: Any = None
        """Where the resampler of another stream's sound stands between two chunks."""

    @property
    def seconds(self) -> float:
        """How long the stream has lasted."""
        return self.chunks * self.chunk_milliseconds / 1000

    @property
    def chunk_samples(self) -> int:
        """Samples of a chunk."""
        return self._writer.rate * self.chunk_milliseconds // 1000

    @property
    def carries_others(self) -> bool:
        """It carries what the person hears on other streams of the call."""
        extension = self._extension
        return not self.is_two_way and extension is not None and "outbound" in extension.tracks

    def overhear(self, heard: bytes, rate: int) -> None:
        """Take what the person hears on another stream of the call."""
        if self.record.status != "open":
            return
        part, self._overheard = resample_part(heard, rate, self._writer.rate, self._overheard)
        self.playback.add(part, self.playback.position)

    def begin(self) -> None:
        """Send what comes before the sound."""
        self.is_started = True
        self._send("connected", None, self._writer.connected())
        self._send("start", None, self._writer.start())
        self._let_through()

    def send_chunk(self) -> tuple[str, bool]:
        """Play and send the next chunk; return the keys pressed, and whether to hang up."""
        if is_due := self._line.is_due(self.seconds):
            for message in self._line.take_arrived():
                self._take(message)
        heard, marks = self.playback.play(self.chunk_samples)
        spoken = self.person.act(self.chunk_samples)
        self.chunks += 1
        self._sent_at = self._real()
        self._sound.hear(spoken.sound, heard, is_speaking=spoken.is_speaking)
        for listener in self.listeners:
            listener.overhear(heard, self._writer.rate)
        for name in marks:
            self._return_mark(name)
        if self.is_two_way:
            self._send_keys(spoken.keys)
        self._send_sound(spoken.sound, heard)
        elapsed = self.chunks * self.chunk_milliseconds
        is_heard = spoken.is_speaking or self.playback.is_audible
        if self._silence.hear(is_heard=is_heard, milliseconds=self.chunk_milliseconds):
            self._note_silence()
        if is_due:
            self._let_through()
        if self._with_pings and elapsed % PING_MILLISECONDS == 0 and self.socket is not None:
            self.socket.socket.ping()
        self._watch(is_speaking=spoken.is_speaking)
        keys = "".join(digit for digit, _ in spoken.keys)
        return keys, spoken.hangs_up or self.is_silenced

    def _send_keys(self, keys: Iterable[tuple[str, int]]) -> None:
        for digit, milliseconds in keys:
            self._sound.note("key", digit)
            if self._extension is None or self._extension.keys == "stream":
                self._send("dtmf", digit, self._writer.dtmf(digit, milliseconds))

    def _send_sound(self, spoken: bytes, heard: bytes) -> None:
        """Send the chunk: the person's sound, or what an extension asks for."""
        elapsed = self.chunks * self.chunk_milliseconds
        for track, sound in sides_of(self._extension, spoken, heard):
            text = self._writer.media(self.chunks, elapsed, sound, track)
            self._send("media", len(sound), text)

    def _note_silence(self) -> None:
        """Do what the extension says of a silence that has lasted long enough."""
        extension = self._extension
        if extension is None or extension.silence_milliseconds is None:
            return
        milliseconds = extension.silence_milliseconds
        if extension.hangs_up:
            self.is_silenced = True
        else:
            self._send("silence", milliseconds, self._writer.silence(milliseconds))

    def stop(self, reason: str) -> bool:
        """Send the last message, if the stream has begun, and close; return whether it was sent."""
        if self.socket is None or self.socket.is_over:
            return False
        last = None
        if self.is_started:
            said: StopReason = "stopped" if reason == "stopped" else "callended"
            last = self._writer.stop(said)
            self._frames.append((self.seconds, "emulator", "stop", said))
        self._let_through()
        linger = None if self.socket.is_lockstep else LINGER_SECONDS
        self.socket.socket.close(last=last, linger=linger)
        return self.is_started

    def receive(self, message: str | bytes) -> None:
        """Take a message of the bot, or hold it back if the network is slow."""
        if self.socket is not None and self.socket.socket.is_closing:
            if self.socket.socket.has_sent_last:
                self._findings.add("after_stop", "a message was sent after stop")
        elif not self._line.hold(message):
            self._take(message)

    def _take(self, message: str | bytes) -> None:
        is_mulaw = self._extension is not None and self._extension.is_mulaw
        found = read_bot_message(message, self.record.id, is_mulaw=is_mulaw)
        for code, text in found.findings:
            self._findings.add(code, text)
        detail = found.name or len(found.sound) or None
        self._frames.append((self.seconds, "bot", found.event or "unreadable", detail))
        if not found.event:
            return
        received = self.record.received
        received[found.event] = received.get(found.event, 0) + 1
        if not self.is_two_way:
            self._findings.add("sent_on_unidirectional", f"{found.event} on a one-way stream")
            return
        self.person.heard[found.event] += 1
        match found.event:
            case "media":
                self._queue(found)
            case "mark":
                if found.name and not self.playback.mark(found.name):
                    self._return_mark(found.name)
            case "clear":
                self._overlap = None
                self._sound.note("clear", dropped=self.playback.queued / self._writer.rate)
                for name in self.playback.clear():
                    self._return_mark(name)
            case _:
                pass

    def note_counts(self) -> None:
        """Write into the record what has been counted so far."""
        record, rate = self.record, self._writer.rate
        record.sent = dict(self._writer.counts)
        record.seconds = self.seconds
        record.played_seconds = round(self.playback.played / rate, 3)
        record.dropped_seconds = round(self.playback.dropped / rate, 3)
        record.quality = self._sound.quality()

    def note(self, code: str, text: str) -> None:
        """Count a finding."""
        self._findings.add(code, text)

    def _queue(self, found: BotMessage) -> None:
        rate = self._writer.rate
        if not self.playback.add(found.sound, self._arrival()):
            text = (
                f"over {MAX_QUEUED_SECONDS // 60} minutes of sound are queued; the rest is dropped"
            )
            self._findings.add("queue_too_long", text)
        elif self.playback.queued > MAX_AHEAD_SECONDS * rate:
            text = f"more than {MAX_AHEAD_SECONDS} seconds of sound are queued"
            self._findings.add("ahead_of_playback", text)

    def _arrival(self) -> int:
        """Return the sample at which what has just arrived can be played first."""
        if self.socket is None or self.socket.is_lockstep:
            return self.playback.position
        since = round((self._real() - self._sent_at) * self._writer.rate)
        return self.playback.position + min(since, self.chunk_samples)

    def _watch(self, *, is_speaking: bool) -> None:
        """Find what the bot should have done by now."""
        if not self.is_two_way:
            return
        late = None if self.socket is None else self.socket.socket.pings.take_late()
        if late is not None:
            text = (
                f"a ping got no pong for {late.seconds:.1f} s while {late.messages} messages came:"
                " the bot does not read while it sends"
            )
            self._findings.add("late_pong", text)
        chunk = self.chunk_milliseconds / 1000
        silent = SILENT_BOT_SECONDS
        if self.seconds - chunk < silent <= self.seconds and not self.record.received.get("media"):
            self._findings.add("silent_bot", f"no sound within {silent} seconds of start")
        if is_speaking and not self._is_speaking:
            self._overlap = 0.0 if self.playback.is_audible else None
        self._is_speaking = is_speaking
        if is_speaking and self.playback.is_audible and self._overlap is not None:
            self._overlap += chunk
            if self._overlap > LATE_CLEAR_SECONDS:
                text = "the person spoke for a second while the bot was heard, and no clear came"
                self._findings.add("late_clear", text)
                self._overlap = None

    def _return_mark(self, name: str) -> None:
        self._sound.note("mark", name)
        self._send("mark", name, self._writer.mark(name))

    def _send(self, event: str, detail: Any, text: str) -> None:
        self._frames.append((self.seconds, "emulator", event, detail))
        if self.socket is not None and not self._line.keep(text):
            self.socket.send(text)

    def _let_through(self) -> None:
        """Send what a slow network has held back."""
        for text in self._line.take_kept():
            if self.socket is not None:
                self.socket.send(text)
