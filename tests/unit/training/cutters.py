"""Small tokenizers of every kind, trained offline on the shipped dataset's own texts."""

from functools import cache
from pathlib import Path

import spacy
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

SEEDS = Path(__file__).resolve().parents[3] / "seeds"
MARKS = ["[UNK]", "[CLS]", "[SEP]"]


def _texts():
    return [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))]


def _framed(tokenizer):
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(mark, tokenizer.token_to_id(mark)) for mark in MARKS[1:]]
    )
    return tokenizer


def _bytes(*, prefix=False, trims=None):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=MARKS, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(_texts(), trainer)
    if trims is None:
        return _framed(tokenizer)
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=trims)
    return tokenizer


def _pieces(normalizer):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=500, special_tokens=MARKS, show_progress=False)
    tokenizer.train_from_iterator(_texts(), trainer)
    return _framed(tokenizer)


def _unigram():
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=500, special_tokens=MARKS, unk_token="[UNK]", show_progress=False)
    tokenizer.train_from_iterator(_texts(), trainer)
    return _framed(tokenizer)


_MADE = {
    "bytes": _bytes,
    "bytes-prefix": lambda: _bytes(prefix=True, trims=False),
    "bytes-trimmed": lambda: _bytes(prefix=True, trims=True),
    "bert": lambda: _pieces(normalizers.BertNormalizer()),
    "nfc": lambda: _pieces(normalizers.NFC()),
    "nfkc": lambda: _pieces(normalizers.NFKC()),
    "nfd": lambda: _pieces(normalizers.NFD()),
    "unigram": _unigram,
    "transformers": lambda: PreTrainedTokenizerFast(tokenizer_object=_bytes()),
    "spacy": lambda: spacy.blank("en"),
}
KINDS = tuple(_MADE)


@cache
def cutter(kind):
    """The tokenizer of that kind; tests must not change it."""
    return _MADE[kind]()
