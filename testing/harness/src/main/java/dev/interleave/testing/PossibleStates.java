// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.testing;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The states in which an object can have been, as text.
 *
 * @param texts all of them, each once; none if they are not known
 * @param afterCulprit whether they are after the culprit took effect, ending otherwise
 * @param whyUnknown why they are not known, if so
 */
record PossibleStates(List<String> texts, boolean afterCulprit, @Nullable String whyUnknown) {
  PossibleStates {
    texts = List.copyOf(texts);
  }

  static PossibleStates known(List<String> texts, boolean afterCulprit) {
    return new PossibleStates(texts, afterCulprit, null);
  }

  static PossibleStates unknown(String why) {
    return new PossibleStates(List.of(), false, why);
  }
}
