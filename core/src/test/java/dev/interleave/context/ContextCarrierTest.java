// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ContextCarrierTest {
  private static final ContextLocal<String> TENANT =
      ContextLocal.<String>builder("tenant").carried(ContextCodec.text()).build();
  private static final ContextLocal<Integer> HOPS =
      ContextLocal.<Integer>builder("hops")
          .carried(ContextCodec.of(String::valueOf, Integer::valueOf))
          .derived(hops -> hops + 1)
          .build();
  private static final ContextLocal<Integer> PIN =
      ContextLocal.<Integer>builder("pin")
          .carried(ContextCodec.of(String::valueOf, Integer::valueOf))
          .secret()
          .build();
  private static final ContextLocal<String> HERE =
      ContextLocal.<String>builder("here").carried(ContextCodec.text()).notPropagated().build();
  private static final ContextLocal<String> USER = ContextLocal.named("user");

  private final ContextCarrier carrier = ContextCarrier.of(TENANT, HOPS, PIN, HERE);

  @Test
  void listedValuesTravel() {
    Context there =
        Context.empty().with(TENANT, "acme").with(HOPS, 1).with(USER, "ann").with(HERE, "x");
    Map<String, String> headers = carrier.inject(there);
    assertThat(headers).isEqualTo(Map.of("tenant", "acme", "hops", "2"));
    Context here = carrier.extract(Context.empty().with(USER, "service"), headers);
    assertThat(here.get(TENANT)).isEqualTo("acme");
    assertThat(here.get(HOPS)).isEqualTo(2);
    assertThat(here.get(USER)).isEqualTo("service");
    assertThat(here.isSet(PIN)).isFalse();
  }

  @Test
  void whatIsNotListedIsNotLookedAt() {
    Map<String, String> headers = new LinkedHashMap<>(Map.of("user", "mallory", "x", "y"));
    Context into = Context.empty().with(TENANT, "ours");
    assertThat(carrier.extract(into, headers)).isSameAs(into);
  }

  @Test
  void textThatIsRefusedIsAnError() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> carrier.extract(Context.empty(), Map.of("hops", "many")))
        .withMessage("hops cannot be decoded")
        .withCauseInstanceOf(NumberFormatException.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> carrier.extract(Context.empty(), Map.of("pin", "12E4")))
        .withMessage("pin cannot be decoded")
        .withNoCause();
  }

  @Test
  @SuppressWarnings("NullAway") // that is the test
  void codecThatReturnsNullIsNamed() {
    ContextLocal<String> odd =
        ContextLocal.<String>builder("odd").carried(ContextCodec.of(x -> null, x -> null)).build();
    ContextCarrier carrier = ContextCarrier.of(odd);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> carrier.inject(Context.empty().with(odd, "x")))
        .withMessage("odd cannot be encoded: got null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> carrier.extract(Context.empty(), Map.of("odd", "x")))
        .withMessage("odd cannot be decoded: got null");
  }

  @Test
  void listIsChecked() {
    ContextLocal<String> again =
        ContextLocal.<String>builder("tenant").carried(ContextCodec.text()).build();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ContextCarrier.of(TENANT, USER, again))
        .withMessage("user has no codec; more than one is named tenant");
    assertThat(carrier).hasToString("ContextCarrier[tenant, hops, pin, here]");
  }
}
