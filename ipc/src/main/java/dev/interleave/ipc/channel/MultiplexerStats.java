// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.channel;

/**
 * What a {@link Multiplexer} has done so far. Each figure is exact for some moment during the call;
 * they are not of the same moment.
 *
 * @param channels channels that are not over for both sides, now
 * @param opened channels that were opened by this side, and taken by the other
 * @param accepted channels that the other side has opened
 * @param refused channels that the other side wanted to open and could not
 * @param framesSent frames that were written, of all kinds
 * @param framesReceived frames that came, of all kinds
 */
public record MultiplexerStats(
    int channels, long opened, long accepted, long refused, long framesSent, long framesReceived) {}
