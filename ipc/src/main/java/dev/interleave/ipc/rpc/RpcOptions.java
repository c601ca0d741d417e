// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * How a client calls a method of a service, unless its {@link CallOptions} say otherwise. On an
 * interface it counts for all methods that have none themselves.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface RpcOptions {
  /** How long a call may take, in milliseconds; 0 for what the proxy or client has. */
  long timeoutMillis() default 0;

  /**
   * Whether the method may be executed twice, so that a call can be repeated when the connection
   * was lost before the reply came.
   */
  boolean retrySafe() default false;

  /** The lane, 0 (first) to 9; by default 5. See {@link RpcServer.Builder#aging}. */
  int priority() default CallOptions.NORMAL;
}
