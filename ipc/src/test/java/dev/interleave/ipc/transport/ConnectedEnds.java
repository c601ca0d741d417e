// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

import static dev.interleave.ipc.transport.TransportContract.number;
import static dev.interleave.ipc.transport.TransportContract.received;
import static dev.interleave.ipc.transport.TransportContract.soon;
import static org.assertj.core.api.Assertions.assertThat;

/** The two ends of a new connection of the kind that is tested. */
interface ConnectedEnds {
  Connection here();

  Connection there();

  /** Both ways. */
  default void assertWorks() throws Exception {
    here().send(number(4711), soon());
    assertThat(received(there())).isEqualTo(4711);
    there().send(number(1174), soon());
    assertThat(received(here())).isEqualTo(1174);
  }
}
