// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.ipc.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.interleave.ipc.rpc.Samples.Order;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What codecs share with others: threads, class loaders, an absent Jackson. */
class CodecSharingTest {
  /** Defines {@link Order} and what is in it once more. */
  private static final class Copies extends ClassLoader {
    Copies() {
      super(CodecSharingTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(Samples.class.getName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Test
  void aCodecThatIsGoneHoldsNoClass() throws Exception {
    WeakReference<ClassLoader> loader = usedOnce();
    clearSoftReferences();
    for (int i = 0; i < 100 && loader.get() != null; i++) {
      System.gc();
    }
    assertThat(loader.get()).isNull();
  }

  /** Method handles have caches in the JDK, which are kept until memory is short. */
  private static void clearSoftReferences() {
    List<long[]> all = new ArrayList<>();
    try {
      while (all.size() < 1_000) {
        all.add(new long[Integer.MAX_VALUE - 8]);
      }
      throw new AssertionError("there is no end of memory");
    } catch (OutOfMemoryError e) {
      all.clear(); // they have been cleared before this was thrown
    }
  }

  private static WeakReference<ClassLoader> usedOnce() throws Exception {
    ClassLoader loader = new Copies();
    Class<?> copy = loader.loadClass(Order.class.getName());
    assertThat(copy).isNotEqualTo(Order.class);
    Object value =
        copy.getDeclaredConstructors()[0].newInstance(1L, "a", null, null, null, Optional.empty());
    @SuppressWarnings("unchecked")
    Coder<Object> coder = (Coder<Object>) (Coder<?>) Codec.compact().coder(copy);
    assertThat(coder.fromBytes(coder.toBytes(value))).isEqualTo(value);
    return new WeakReference<>(loader);
  }

  @Test
  void codersAreSharedByThreads() throws Exception {
    Codec codec = Codec.compact();
    List<Type> types = Samples.types();
    List<Callable<@Nullable Void>> tasks = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      SplittableRandom random = new SplittableRandom(t);
      tasks.add(() -> {
        for (int i = 0; i < 5_000; i++) {
          Type type = types.get(i % types.size());
          @SuppressWarnings("unchecked")
          Coder<Object> coder = (Coder<Object>) codec.coder(type);
          Object value = new Generator(random).of(type);
          assertThat(CompactRoundTripTest.same(value, coder.fromBytes(coder.toBytes(value))))
              .isTrue();
        }
        return null;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<@Nullable Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    }
  }

  /** Everything of this module and its tests, and nothing else. */
  private static URL[] withoutJackson() {
    return new URL[] {
      Codec.class.getProtectionDomain().getCodeSource().getLocation(),
      Samples.class.getProtectionDomain().getCodeSource().getLocation()
    };
  }

  @Test
  void worksWithoutJackson() throws Exception {
    try (URLClassLoader loader =
        new URLClassLoader(withoutJackson(), ClassLoader.getPlatformClassLoader())) {
      assertThatExceptionOfType(ClassNotFoundException.class)
          .isThrownBy(() -> loader.loadClass("com.fasterxml.jackson.databind.ObjectMapper"));
      Class<?> type = loader.loadClass(Alone.class.getName());
      Method main = type.getDeclaredMethod("call", String.class);
      assertThat(main.invoke(null, "tea")).isEqualTo("tea");
    }
  }

  /** Runs where there is no Jackson. */
  public static final class Alone {
    private Alone() {}

    public static @Nullable String call(String text) {
      Coder<String> coder = Codec.compact().coder(String.class);
      return coder.fromBytes(coder.toBytes(text));
    }
  }
}
