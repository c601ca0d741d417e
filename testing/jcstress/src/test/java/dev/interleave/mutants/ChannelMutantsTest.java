// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.mutants;

/** {@link ChannelMutant}: the mistakes in reliable channels. */
class ChannelMutantsTest extends MutantsTest<ChannelMutant> {
  ChannelMutantsTest() {
    super(ChannelMutant.class, "channel", "mutants-channel.md");
  }
}
