// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
/**
 * What proves a concurrent class: contract kits and a watch on tests that hang.
 *
 * <p>It needs no other module of Interleave. JUnit is needed by those who use the contract kits or
 * the JUnit extensions, who have it anyway.
 */
module dev.interleave.testing {
  requires static org.junit.jupiter.api;
  requires static org.jspecify;
  requires jdk.management;

  exports dev.interleave.testing;
  exports dev.interleave.testing.contract;

  // JUnit makes the nested parts of the kits, and calls methods they inherit.
  opens dev.interleave.testing to
      org.junit.platform.commons;
  opens dev.interleave.testing.contract to
      org.junit.platform.commons;
}
