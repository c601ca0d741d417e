// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.NullMarked;

/** A register. */
@NullMarked
final class RegisterReference implements Reference {
  private Object value;

  RegisterReference(Object value) {
    this.value = value;
  }

  @Override
  public Call random(Random random) {
    int one = random.nextInt(3);
    int other = random.nextInt(3);
    return Reference.pick(
        random,
        new Call("get"),
        new Call("get"),
        new Call("set", one),
        new Call("getAndSet", one),
        new Call("compareAndSet", one, other));
  }

  @Override
  public List<Outcome> outcomes(String thread, Call call) {
    return switch (call.name()) {
      case "set" -> List.of(DONE);
      case "compareAndSet" -> List.of(Outcome.returned(value.equals(call.argument())));
      default -> List.of(Outcome.returned(value));
    };
  }

  @Override
  public void apply(String thread, Call call, Outcome outcome) {
    switch (call.name()) {
      case "set", "getAndSet" -> value = Objects.requireNonNull(call.argument());
      case "compareAndSet" -> {
        if (outcome.equals(TRUE)) {
          value = Objects.requireNonNull(call.arguments().get(1));
        }
      }
      default -> {}
    }
  }

  @Override
  public Reference copy() {
    return new RegisterReference(value);
  }

  @Override
  public Outcome invent(Call call, Random random) {
    return switch (call.name()) {
      case "set" -> DONE;
      case "compareAndSet" -> Reference.pick(random, TRUE, FALSE);
      default -> Outcome.returned(random.nextInt(3));
    };
  }
}
