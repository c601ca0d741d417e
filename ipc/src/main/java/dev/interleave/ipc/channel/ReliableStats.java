// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

import java.time.Duration;

/**
 * How hard a {@link ReliableChannel} had to work so far. Each figure is exact for some moment
 * during the call; they are not of the same moment.
 *
 * @param transmissions frames that went out, of all kinds
 * @param repeated messages that went out once more
 * @param duplicates messages that had come before and were dropped
 * @param outOfOrder messages that came before one that precedes them, and were held
 * @param damaged frames that were no frames when they came, and were dropped
 * @param ignored frames that were not for this channel, or messages beyond what there was room for
 * @param reconnects how often another connection was made
 * @param unacknowledged messages that were accepted here and are not acknowledged, now
 * @param roundTrip how long an answer takes, smoothed; zero if there was none
 * @param connected whether there is a connection, now
 */
public record ReliableStats(
    long transmissions,
    long repeated,
    long duplicates,
    long outOfOrder,
    long damaged,
    long ignored,
    long reconnects,
    int unacknowledged,
    Duration roundTrip,
    boolean connected) {}
