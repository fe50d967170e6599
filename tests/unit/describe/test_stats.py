import pickle
import random
from collections import Counter

import pyarrow as pa
import pytest
from conftest_describe import make_corpus, review
from hypothesis import given
from hypothesis import strategies as st

from dataset_builder.describe.figures import lengths
from dataset_builder.describe.stats import Tally, measure, summarize
