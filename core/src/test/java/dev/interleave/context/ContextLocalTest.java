// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class ContextLocalTest {
  private static final ContextLocal<String> USER = ContextLocal.named("user");

  @Test
  void unsetIsAnErrorThatNamesIt() {
    Context other = Context.empty().with(ContextLocal.<Integer>named("depth"), 3);
    assertThatExceptionOfType(ContextUnsetException.class)
        .isThrownBy(() -> other.run(USER::get))
        .isInstanceOf(NoSuchElementException.class)
        .withMessageStartingWith("user is not set, and has no default, in Context[depth=3]")
        .withMessageContaining(Thread.currentThread().getName())
        .satisfies(e -> assertThat(e.local()).isEqualTo("user"));
    assertThatExceptionOfType(ContextUnsetException.class)
        .isThrownBy(USER::get)
        .withMessageContaining("in Context[]");
    assertThatExceptionOfType(ContextUnsetException.class).isThrownBy(() -> other.get(USER));
  }

  @Test
  void defaultIsThereOnlyIfDeclared() {
    ContextLocal<Integer> timeout = ContextLocal.<Integer>named("timeout").withDefault(30);
    assertThat(timeout.get()).isEqualTo(30);
    assertThat(timeout.isSet()).isFalse();
    assertThat(timeout.orElse(10)).isEqualTo(10);
    assertThat(Context.empty().get(timeout)).isEqualTo(30);
    assertThat(Context.empty().isSet(timeout)).isFalse();
    Context set = Context.empty().with(timeout, 5);
    set.run(() -> {
      assertThat(timeout.get()).isEqualTo(5);
      assertThat(timeout.isSet()).isTrue();
      assertThat(timeout.orElse(10)).isEqualTo(5);
      Context.current().without(timeout).run(() -> assertThat(timeout.get()).isEqualTo(30));
    });
    assertThat(set.get(timeout)).isEqualTo(5);
    assertThat(set.orElse(timeout, 10)).isEqualTo(5);
  }

  @Test
  void withDefaultLeavesTheFirstOneAsItIs() {
    ContextLocal<Integer> loud =
        ContextLocal.<Integer>builder("depth").notPropagated().secret().build();
    ContextLocal<Integer> quiet = loud.withDefault(1);
    assertThat(quiet.get()).isEqualTo(1);
    assertThat(quiet.isSecret()).isTrue();
    assertThat(quiet.handOff()).isEqualTo(ContextLocal.HandOff.NOT_PROPAGATED);
    assertThatExceptionOfType(ContextUnsetException.class).isThrownBy(loud::get);
    Context.empty()
        .with(quiet, 2)
        .run(() -> assertThatExceptionOfType(ContextUnsetException.class).isThrownBy(loud::get));
  }

  @Test
  void sameNameIsNotTheSameLocal() {
    ContextLocal<String> other = ContextLocal.named("user");
    Context.empty().with(USER, "ann").run(() -> assertThat(other.isSet()).isFalse());
    assertThat(other.name()).isEqualTo(USER.name());
  }

  @Test
  void builderNamesAllThatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            ContextLocal.<String>builder(" ")
                .copied(x -> x)
                .derived(x -> x)
                .notPropagated()
                .secret()
                .mirrored(MdcBridge.field("user"))
                .build())
        .withMessage(
            "name is blank: \" \"; more than one of copied, derived, follows and notPropagated:"
                + " [COPIED, DERIVED, NOT_PROPAGATED]; secret, and mirrored to the log");
  }

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void nullIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            ContextLocal.<String>builder(null)
                .withDefault(null)
                .copied(null)
                .carried(null)
                .mirrored(null)
                .build())
        .withMessage(
            "withDefault is null; copied is null; carried is null; mirrored is null; name is null");
    assertThatNullPointerException()
        .isThrownBy(() -> Context.empty().with(USER, null))
        .withMessage("user");
    assertThatNullPointerException().isThrownBy(() -> USER.orElse(null));
  }

  @Test
  void saysWhatItIs() {
    assertThat(USER).hasToString("ContextLocal[user]");
    assertThat(
            ContextLocal.<String>builder("token")
                .withDefault("t0p")
                .secret()
                .copied(x -> x)
                .carried(ContextCodec.text())
                .build())
        .hasToString("ContextLocal[token, default ***, copied for tasks, carried, secret]");
  }
}
