"""Dictionaries in layers: the entries of a plain one, in a few layers however many are joined."""

from hypothesis import given, strategies as st

from emulator.store.layers import MERGED, MERGED_AT_ONCE, MIN_LAYER_ENTRIES, Layers

JOINED = 80
MAX_LAYERS = 10
PIECES = 8
"""How often a large batch is tidied while it is prepared."""
ACTIONS = st.lists(st.sampled_from(["join", "add", "replace", "copy", "tidy"]), max_size=40)


@given(actions=ACTIONS)
def test_layers_have_the_entries_of_a_plain_dictionary(actions: list[str]) -> None:
    """Whatever is joined, replaced, copied and merged, every key has its newest entry."""
    layers, plain = Layers[int](), dict[str, int]()
    for number, action in enumerate(actions):
        first = len(plain)
        match action:
            case "join":
                new = {str(each): number for each in range(first, first + MIN_LAYER_ENTRIES)}
                layers.join(new)
                plain |= new
            case "add":
                layers.top[str(first)] = plain[str(first)] = number
            case "replace":
                layers.top["0"] = plain["0"] = number
            case "copy":
                layers = layers.copy()
            case _:
                layers.tidy()

    assert {key: layers.find(key) for key in plain} == plain
    assert layers.find("none") is None


def test_many_batches_leave_few_layers() -> None:
    """What a key is looked up in does not grow with every large batch."""
    layers = Layers[int]()
    for batch in range(JOINED):
        for _ in range(PIECES):
            layers.tidy()
        layers.join({f"{batch}-{each}": each for each in range(MIN_LAYER_ENTRIES)})

    assert len(layers.below) <= MAX_LAYERS
    assert layers.find("0-0") == 0
    assert layers.find(f"{JOINED - 1}-{MIN_LAYER_ENTRIES - 1}") == MIN_LAYER_ENTRIES - 1


def test_batch_is_merged_in_pieces() -> None:
    """However large the layers are that are merged, each time few of their entries are moved."""
    layers = Layers[int]()
    for batch in range(MERGED):
        layers.join({f"{batch}-{each}": each for each in range(2 * MERGED_AT_ONCE)})
    tidied = 0
    while len(layers.below) > 1:
        layers.tidy()
        tidied += 1

    assert tidied == 1 + 2 * MERGED
    assert layers.find("0-0") == 0


def test_large_layers_stay_as_they_are() -> None:
    """What is not looked up for whole batches is not merged for them."""
    layers = Layers[int](MIN_LAYER_ENTRIES)
    for batch in range(2 * MERGED):
        layers.join(
            {f"{batch}-{each}": each for each in range(MIN_LAYER_ENTRIES + batch // MERGED)}
        )
    for _ in range(JOINED):
        layers.tidy()

    assert len(layers.below) == 1 + MERGED


@given(actions=st.lists(st.sampled_from(["new", "again", "add", "copy", "tidy"]), max_size=60))
def test_layers_that_keep_their_entries_have_all_of_a_key(actions: list[str]) -> None:
    """Those with a key in common are not merged, and to try it changes nothing."""
    layers, plain, count = Layers[int](replaces=False), dict[str, list[int]](), 0
    for number, action in enumerate(actions, 1):
        match action:
            case "new" | "again":
                count += action == "new"
                keys = [f"{count}-{each}" for each in range(MIN_LAYER_ENTRIES)]
                assert layers.layer(dict.fromkeys(keys, number))
                for key in (keys[0], keys[-1]):
                    plain.setdefault(key, []).append(number)
            case "add":
                layers.top[str(number)] = number
                plain[str(number)] = [number]
            case "copy":
                layers = layers.copy()
            case _:
                layers.tidy()

    assert not layers.layer({"few": 0})
    assert {key: sorted(layers.each(key)) for key in plain} == plain
    assert layers.each("none") == []
