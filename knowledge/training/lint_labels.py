"""Checks what a sentence is said to mean: known words only, and each where it belongs."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from knowledge.content_store.files import Problem
from knowledge.training.registry import Registry
from knowledge.training.sentences import Sentence, SentenceFile
from knowledge.vocabulary import ASKERS, NEEDS, REGISTERS, TOPICS, WANTS


def files(found: Iterable[SentenceFile], registry: Registry) -> Iterator[Problem]:
    """The file name is the intent, the intent is known, the folder is its skill."""
    for file in found:
        if file.intent != file.path.stem:
            told = f"意図「{file.intent}」がファイル名「{file.path.stem}」と違います。"
            yield Problem(file.path, file.intent_line, told)
        known = registry.intents.get(file.intent)
        if known is None:
            if registry.intents:
                told = f"意図「{file.intent}」は intents.yml にありません。"
                yield Problem(file.path, file.intent_line, told)
            continue
        # A skill may have grown a second folder (inquiry2): same intents, other writers.
        if file.path.parent.name.rstrip("0123456789") != known.skill:
            told = f"意図「{file.intent}」は {known.skill}/ に置いてください。"
            yield Problem(file.path, file.intent_line, told)


def words(sentences: Iterable[Sentence]) -> Iterator[Problem]:
    """Needs, askers, topics, wants and registers come from the closed lists."""
    for sentence in sentences:
        example = sentence.example
        if example.register_ is None:
            yield sentence.problem("書き方（register）がありません。")
        for name, given, known in (
            ("用件（need）", (example.need,), NEEDS),
            ("相談者（asker）", (example.asker,), ASKERS),
            ("二つ目の話題（also）", example.also, TOPICS),
            ("希望（wants）", example.wants, WANTS),
            ("書き方（register）", (example.register_,), REGISTERS),
        ):
            for word in (word for word in given if word is not None and word not in known):
                yield sentence.problem(f"{name}「{word}」はありません。")


def belonging(sentences: Iterable[Sentence]) -> Iterator[Problem]:
    """Topics say a need; what has no subject has neither need nor second topic nor wish."""
    for sentence in sentences:
        example = sentence.example
        if sentence.intent in TOPICS:
            yield from _of_a_topic(sentence)
            continue
        for name, given in (
            ("need", example.need),
            ("also", example.also),
            ("wants", example.wants),
            ("judgement", example.judgement),
        ):
            if given:
                yield sentence.problem(
                    f"「{sentence.intent}」には {name} を付けません。"
                    "知財の話題があるなら、その話題のファイルに移してください。"
                )


def _of_a_topic(sentence: Sentence) -> Iterator[Problem]:
    example = sentence.example
    if example.need is None:
        yield sentence.problem("用件（need）がありません。")
    if sentence.intent in example.also:
        yield sentence.problem(f"also に、その文の話題「{sentence.intent}」が入っています。")
    for name, given in (("also", example.also), ("wants", example.wants)):
        for word in (word for word, count in Counter(given).items() if count > 1):
            yield sentence.problem(f"{name} に「{word}」が2回あります。")


def of_the_part(sentences: Iterable[Sentence], desks: Collection[str]) -> Iterator[Problem]:
    """Difficulty and leading desk judge a model; only held-out sentences carry them."""
    for sentence in sentences:
        example = sentence.example
        if sentence.part == "train":
            for name, given in (("difficulty", example.difficulty), ("desk", example.desk)):
                if given is not None:
                    yield sentence.problem(f"{name} は検証用の文だけに付けます。")
            continue
        if example.difficulty is None:
            yield sentence.problem("難しさ（difficulty）がありません。")
        if example.desk is not None and example.desk not in desks:
            yield sentence.problem(f"窓口（desk）「{example.desk}」はありません。")


def minimums(registry: Registry, *parts: Sequence[Sentence]) -> Iterator[Problem]:
    """Each intent has as many sentences as its owner asked for."""
    counts = Counter((str(s.part), s.intent) for sentences in parts for s in sentences)
    for name, intent in registry.intents.items():
        wanted = (
            ("train", "学習用", intent.minimum.train),
            ("heldout", "検証用", intent.minimum.heldout),
        )
        for part, said, least in wanted:
            count = counts[(part, name)]
            if count < least:
                told = f"「{name}」の{said}の文が{count}件です。{least}件以上にしてください。"
                yield Problem(registry.path, registry.lines[name], told)


def registers(registry: Registry, heldout: Sequence[Sentence], least: int) -> Iterator[Problem]:
    """Every way of writing is judged on enough sentences."""
    counts = Counter(sentence.example.register_ for sentence in heldout)
    for word in (word for word in REGISTERS if counts[word] < least):
        told = f"書き方「{word}」の検証用の文が{counts[word]}件です。{least}件以上要ります。"
        yield Problem(registry.path, None, told)
