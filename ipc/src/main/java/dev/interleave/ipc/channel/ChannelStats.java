// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

/**
 * What has gone through one end of a channel so far. Each figure is exact for some moment during
 * the call; they are not of the same moment.
 *
 * @param sent messages that were accepted from senders here
 * @param received messages that were given to receivers here
 * @param discarded messages that had arrived here and were dropped by a close
 * @param waiting messages that have arrived here and that nobody has received yet, now; 0 if they
 *     wait in a transport, which does not tell
 */
public record ChannelStats(long sent, long received, long discarded, int waiting) {}
