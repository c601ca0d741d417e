// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.transport;

/**
 * What has gone over a connection so far, seen from one side. Each figure is exact for some moment
 * during the call; they are not of the same moment.
 *
 * @param framesSent frames that were written
 * @param bytesSent their bytes, without heads
 * @param framesReceived frames that were handled
 * @param bytesReceived their bytes, without heads
 * @param sendWaits how often a sender slept for want of room
 * @param receiveWaits how often a receiver slept for want of a frame
 * @param wakeUps how often the other side had to be woken; of sockets, how often the system was
 *     told to send, and of brokers, how many messages were sent
 * @param bytesDiscarded what was written and then thrown away by {@link Connection#close()},
 *     because the other side did not take it in time, heads included
 */
public record ConnectionStats(
    long framesSent,
    long bytesSent,
    long framesReceived,
    long bytesReceived,
    long sendWaits,
    long receiveWaits,
    long wakeUps,
    long bytesDiscarded) {}
