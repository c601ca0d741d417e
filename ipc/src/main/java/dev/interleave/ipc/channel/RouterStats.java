// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

/**
 * What a {@link Router} has done so far: one moment.
 *
 * @param clients how many are registered, now
 * @param letters letters that were sent, dead ones included
 * @param deliveries mailboxes they were put into, all together
 * @param dead how often somebody should have got a letter and did not
 * @param failures what listeners, and the one for dead letters, have thrown
 */
public record RouterStats(int clients, long letters, long deliveries, long dead, long failures) {}
