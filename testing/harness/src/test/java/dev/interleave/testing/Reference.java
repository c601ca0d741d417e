// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * An object that the models can be compared with: changed in place, made of what the JDK has, and
 * written without a look at them.
 */
@NullMarked
interface Reference {
  Outcome DONE = Outcome.done();
  Outcome TRUE = Outcome.returned(true);
  Outcome FALSE = Outcome.returned(false);
  Outcome NULL = Outcome.returned(null);

  /** A call that may be made: its name and its arguments. */
  record Call(String name, List<@Nullable Object> arguments) {
    Call(String name, @Nullable Object... arguments) {
      this(name, Arrays.asList(arguments));
    }

    static Call of(Operation operation) {
      return new Call(operation.name(), operation.arguments().toArray());
    }

    @Nullable Object argument() {
      return arguments.get(0);
    }
  }

  /** Returns a call to make, with values from a small range so that they meet. */
  Call random(Random random);

  /** Returns how a call can end now; nothing if it has to wait. */
  List<Outcome> outcomes(String thread, Call call);

  /** Tells whether a call that need not wait may do so behind another one that has to. */
  default boolean mayWaitBehind(String thread, Call call, Call other) {
    return false;
  }

  /** Takes the effect of a call that ends in one of those ways. */
  void apply(String thread, Call call, Outcome outcome);

  Reference copy();

  /** Returns an outcome that such a call might claim, right or wrong. */
  Outcome invent(Call call, Random random);

  /** Returns one of some calls. */
  static Call pick(Random random, Call... calls) {
    return calls[random.nextInt(calls.length)];
  }

  /** Returns one of some outcomes. */
  static Outcome pick(Random random, Outcome... outcomes) {
    return outcomes[random.nextInt(outcomes.length)];
  }
}
