# SPDX-License-Identifier: MIT
# Words spoken by espeak-ng, flite and festival: the clips that train.py learns from and is tested on.
#
# clips(engine) is a list of (label, voice, samples at 16 kHz as float32), the same list on each call with the same
# versions of the engines.

import concurrent.futures
import os
import random
import subprocess
import tempfile
import wave

import numpy as np

ENGINES = ["espeak", "flite", "festival"]
RATE = 16000

# Short words, many of which begin, end or rhyme with yes or no. Not "know", which sounds as no does.
WORDS = """yet yeah yell yellow yard year you yours young guess less dress mess chess west best bless press test
    nose note now nor north new noon nine not none name need knee go low show slow toe so though owe snow
    up down left right on off stop hello house cat dog tree happy one two three four five six seven eight zero
    water computer table kitchen music light open close wait back""".split()

# Parts of these are unknown, too: without them a network takes half of all running speech for yes or no.
SENTENCES = """Please turn on the light in the kitchen.
    What is the weather going to be like today?
    The quick brown fox jumps over a lazy dog.
    I would like a cup of tea with milk and sugar.
    She sells sea shells by the sea shore.
    Could you tell me how to get to the station?
    My brother lives in a small town near the river.
    The train will leave from platform seven at a quarter past four.
    There were many people at the market this morning.
    Play some quiet music and close the door behind you.
    It took a long time until the water was hot.
    We should have bought bread, butter and a bag of apples.""".split("\n")

ACCENTS = "en-us en-gb en-gb-scotland en-gb-x-gbclan en-gb-x-rp en-gb-x-gbcwmd en-029 en-us-nyc".split()
# Variants of timbre that sound like people.
TIMBRES = """Alex Alicia Andrea Andy Annie Denis Diogo Gene Gene2 Henrique Hugo Jacky Lee Marco Mario Michael Mike Nguyen
    adam anika antonio aunty belinda benjamin boris caleb david ed edward edward2 f1 f2 f3 f4 f5 grandma grandpa gustave
    iven iven2 john klatt klatt2 klatt3 klatt4 linda m1 m2 m3 m4 m5 m6 m7 m8 marcelo max michel miguel norbert pablo paul
    pedro quincy rob robert sandro shelby steph steph2 travis victor""".split()
FLITE = "kal kal16 awb rms slt".split()
FESTIVAL = "kal_diphone ked_diphone cmu_us_slt_arctic_hts".split()

# How often each engine's voices are drawn, with another rate and pitch each time. Each says yes, no, some words and a sentence.
DRAWS = {"espeak": 200, "flite": 150, "festival": 120}
WORDS_A_DRAW = 6


def resample(x, count):
    """x with another number of samples, by its spectrum."""
    spectrum = np.fft.rfft(x)
    return np.fft.irfft(spectrum[:count // 2 + 1], count) * (count / len(x))


def read_wave(path):
    with wave.open(path) as w:
        assert w.getsampwidth() == 2 and w.getnchannels() == 1, path
        x = np.frombuffer(w.readframes(w.getnframes()), "<i2") / 32768
        rate = w.getframerate()
    # Padded to a second at least: the spectrum of a short clip would bring its end to its beginning.
    x = np.pad(x, 1000)
    return x if rate == RATE else resample(x, len(x) * RATE // rate)


def trim(x):
    """Without the silence before and behind; loudest sample 1."""
    x = x / max(np.abs(x).max(), 1e-6)
    loud = np.flatnonzero(np.abs(x) > 0.02)
    return x[max(0, loud[0] - 320):loud[-1] + 320].astype(np.float32)


def say_espeak(voice, text, path):
    accent, timbre, speed, pitch = voice
    return ["espeak-ng", "-v", "%s+%s" % (accent, timbre), "-s", str(speed), "-p", str(pitch), "-w", path, text]


def say_flite(voice, text, path):
    name, stretch, pitch = voice
    return ["flite", "-voice", name, "--setf", "duration_stretch=%.2f" % stretch,
            "--setf", "int_f0_target_mean=%d" % pitch, "-t", text, "-o", path]


def say_festival(jobs):
    """One script for all, as festival takes long to start."""
    script = ["""(define (say voice stretch pitch text path)
        (voice) (Parameter.set 'Duration_Stretch stretch)
        (set! int_lr_params (list (list 'target_f0_mean pitch) '(target_f0_std 14)
            '(model_f0_mean 170) '(model_f0_std 34)))
        (utt.save.wave (utt.synth (eval (list 'Utterance 'Text text))) path 'riff))"""]
    for (name, stretch, pitch), text, path in jobs:
        script.append('(say voice_%s %.2f %d "%s" "%s")' % (name, stretch, pitch, text, path))
    return "\n".join(script)


def draw_voice(engine, rng, i):
    if engine == "espeak":
        return (ACCENTS[i % len(ACCENTS)], rng.choice(TIMBRES), rng.randint(110, 210), rng.randint(15, 85))
    names = FLITE if engine == "flite" else FESTIVAL
    name = names[i % len(names)]
    mean = 175 if "slt" in name else 110
    return (name, rng.uniform(0.8, 1.5), round(mean * rng.uniform(0.75, 1.35)))


def voice_name(engine, voice):
    return engine + " " + voice[0]


def clips(engine):
    rng = random.Random(engine)
    jobs = []  # (label, voice, text)
    for i in range(DRAWS[engine]):
        voice = draw_voice(engine, rng, i)
        jobs += [("yes", voice, "yes"), ("no", voice, "no")]
        jobs += [("unknown", voice, word) for word in rng.sample(WORDS, WORDS_A_DRAW)]
        jobs.append(("sentence", voice, rng.choice(SENTENCES).strip()))

    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, "%d.wav" % i) for i in range(len(jobs))]
        if engine == "festival":
            script = say_festival([(voice, text, path) for (_, voice, text), path in zip(jobs, paths)])
            subprocess.run(["festival", "--pipe"], input=script.encode(), check=True, stdout=subprocess.DEVNULL)
        else:
            say = say_espeak if engine == "espeak" else say_flite
            commands = [say(voice, text, path) for (_, voice, text), path in zip(jobs, paths)]
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                list(pool.map(lambda c: subprocess.run(c, check=True, stderr=subprocess.DEVNULL), commands))
        found = []
        for (label, voice, _), path in zip(jobs, paths):
            x = trim(read_wave(path))
            if label == "sentence" or len(x) <= 15000:
                found.append((label, voice_name(engine, voice), x))
    return found
