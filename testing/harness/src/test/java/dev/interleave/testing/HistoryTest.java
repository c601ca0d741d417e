// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Histories are what was written down, and come back from text as they were. */
class HistoryTest {
  private static final String TEXT =
      """
      producer: put("a")
      consumer: take()
      producer: done
      consumer: returned "a"
      "other thread": get() on "account 1"
      consumer: timedPoll()
      consumer: threw java.lang.InterruptedException
      """;

  @Test
  void builderTakesEventsInOrder() {
    History history =
        History.builder()
            .call("a", "put", 1)
            .callOn("x", "b", "take")
            .done("a")
            .call("a", "size")
            .returned("b", 1)
            .build();
    assertThat(history.threads()).containsExactly("a", "b");
    assertThat(history.operations())
        .containsExactly(
            new Operation("a", null, "put", List.of(1), Outcome.done(), 0, 2),
            new Operation("b", "x", "take", List.of(), Outcome.returned(1), 1, 4),
            new Operation("a", null, "size", List.of(), Outcome.pending(), 3, Operation.NEVER));
    Operation put = history.operations().get(0);
    Operation take = history.operations().get(1);
    Operation size = history.operations().get(2);
    assertThat(put.precedes(size)).isTrue();
    assertThat(put.precedes(take)).isFalse();
    assertThat(take.precedes(put)).isFalse();
    assertThat(size.precedes(put)).isFalse();
    assertThat(size.isPending()).isTrue();
    assertThat(put).hasToString("put(1)");
    assertThat(take).hasToString("take() on x -> 1");
    assertThat(size).hasToString("size() ...");
  }

  @Test
  void builderRefusesWhatNoThreadCanDo() {
    HistoryBuilder history = History.builder().call("a", "put", 1);
    assertThatIllegalStateException()
        .isThrownBy(() -> history.call("a", "take"))
        .withMessage("a calls take, but its call of put has not ended");
    assertThatIllegalStateException()
        .isThrownBy(() -> history.returned("b", 1))
        .withMessage("b is not in a call, but one ends: -> 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> history.ended("a", Outcome.pending()))
        .withMessage("outcome: pending");
  }

  @Test
  void operationRefusesTimesThatDoNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Operation("a", null, "x", List.of(), Outcome.done(), 2, 2))
        .withMessage("start, end: 2, 2");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Operation("a", null, "x", List.of(), Outcome.pending(), 1, 2))
        .withMessage("end, outcome: 2, ...");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new Operation("a", null, "x", List.of(), Outcome.done(), 1, Operation.NEVER));
    Operation put = new Operation("a", null, "put", List.of("x"), Outcome.done(), 0, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> put.argument(1))
        .withMessage("argument 1 of put(\"x\") is missing");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> put.intArgument(0, 1))
        .withMessage("argument 0 of put(\"x\") is no int");
    assertThat(put.intArgument(1, 7)).isEqualTo(7);
  }

  @Test
  void textIsReadAsWritten() {
    History history = History.parse(TEXT);
    assertThat(history.toText()).isEqualTo(TEXT);
    assertThat(history).hasToString(TEXT);
    assertThat(history)
        .isEqualTo(
            History.builder()
                .call("producer", "put", "a")
                .call("consumer", "take")
                .done("producer")
                .returned("consumer", "a")
                .callOn("account 1", "other thread", "get")
                .call("consumer", "timedPoll")
                .threw("consumer", InterruptedException.class)
                .build());
  }

  @Test
  void everyKindOfValueComesBack() {
    List<Object> list = Arrays.asList(1, null, List.of("]"));
    History history =
        History.builder()
            .call(
                "a",
                "f",
                null,
                true,
                false,
                0,
                Integer.MIN_VALUE,
                Long.MAX_VALUE,
                -1.5,
                1e300,
                Double.NaN,
                Double.NEGATIVE_INFINITY)
            .returned("a", "a \"quoted\" \\ \n\r\t\u0001\u00e9 'text'")
            .call("a", "g", '\'', '"', list, List.of(), "")
            .returned("a", null)
            .call("a", "h")
            .threw("a", CancellationException.class)
            .build();
    assertThat(History.parse(history.toText())).isEqualTo(history);
    assertThat(history.toText())
        .endsWith(
            "a: threw java.util.concurrent.CancellationException <"
                + " java.lang.IllegalStateException\n");
  }

  @Test
  void valueWithoutTextIsShownButNotWritten() {
    History history = History.builder().call("a", "put", Thread.State.NEW).build();
    assertThat(history).hasToString("a: put(NEW)\n");
    assertThatIllegalArgumentException()
        .isThrownBy(history::toText)
        .withMessage("a java.lang.Thread$State has no text: NEW");
  }

  @Test
  void blankLinesAndCommentsAreSkipped() {
    assertThat(History.parse("\n  # nothing\r\n\n  a: f( )  \r\n"))
        .isEqualTo(History.builder().call("a", "f").build());
    assertThat(History.parse("").operations()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a put(1)            | line 2: expected : at column 3: a put(1)",
        ": put(1)            | line 2: expected the name of a thread at column 1: : put(1)",
        "a: put(1            | line 2: expected ) at column 9: a: put(1",
        "a: put(,)           | line 2: expected a value at column 8: a: put(,)",
        "a: put(x)           | line 2: expected a value at column 8: a: put(x)",
        "a: put(1) 2         | line 2: expected the end of the line at column 11: a: put(1) 2",
        "a: returned         | line 2: expected more at column 12: a: returned",
        "a: put              | line 2: expected ( after the name of an operation at column 7: a:"
            + " put",
        "a: put 1            | line 2: expected ( after the name of an operation at column 8: a:"
            + " put 1",
        "a: put(\"x)          | line 2: expected more at column 11: a: put(\"x)",
        "a: put('xy')        | line 2: expected a single character in single quotes before this at"
            + " column 12: a: put('xy')",
        "a: put(\"\\x\")       | line 2: expected one of n r t u \\ \" ' after the backslash at"
            + " column 10: a: put(\"\\x\")",
        "a: put(\"\\u00g0\")   | line 2: expected four hexadecimal digits at column 11: a:"
            + " put(\"\\u00g0\")",
        "a: done             | line 2: a is not in a call, but one ends: ",
        "c: f()              | line 2: c calls f, but its call of g has not ended",
      })
  void wrongTextIsRefusedByLine(String line, String message) {
    String before = line.startsWith("c") ? "c: g()\n" : "# first\n";
    assertThatIllegalArgumentException()
        .isThrownBy(() -> History.parse(before + line))
        .satisfies(thrown ->
            assertThat(String.valueOf(thrown.getMessage()).strip()).isEqualTo(message.strip()));
  }

  @ParameterizedTest
  @EnumSource
  void randomHistoriesComeBack(ModelKind kind) {
    for (int seed = 0; seed < 200; seed++) {
      History history = new RandomHistories(kind, seed).mutated(8);
      History read = History.parse(history.toText());
      assertThat(read.toText()).isEqualTo(history.toText());
      assertThat(read).isEqualTo(history).hasSameHashCodeAs(history);
    }
  }

  @Test
  void partKeepsItsTimes() {
    History history = History.parse(TEXT);
    History part = history.only(call -> call.name().equals("take"));
    assertThat(part.operations()).containsExactly(history.operations().get(1));
    assertThat(part.toText()).isEqualTo("consumer: take()\nconsumer: returned \"a\"\n");
  }
}
