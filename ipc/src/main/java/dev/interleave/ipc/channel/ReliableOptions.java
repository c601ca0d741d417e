// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.time.Duration;

/** What a {@link ReliableChannel} was told. */
record ReliableOptions(
    int window,
    Duration retransmitFirst,
    Duration retransmitMost,
    Duration heartbeat,
    Duration silence,
    Duration reconnectFirst,
    Duration reconnectMost,
    Duration giveUpAfter,
    Duration linger) {}
