// Copyright the Interleave authors.
// SPDX-License-Identifier: Apache-2.0
package dev.interleave.context;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Loads the classes of the package anew, as an application does that is deployed again. */
final class Redeployed extends ClassLoader {
  private static final String PACKAGE = "dev.interleave.context.";

  private final List<String> folders;

  /** Looks for classes in these folders of the class path, before the usual one. */
  Redeployed(String... folders) {
    super(Redeployed.class.getClassLoader());
    this.folders = List.of(folders);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(PACKAGE)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    String file = name.replace('.', '/') + ".class";
    try (InputStream in = open(file)) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }

  private @Nullable InputStream open(String file) {
    for (String folder : folders) {
      InputStream in = getParent().getResourceAsStream(folder + file);
      if (in != null) {
        return in;
      }
    }
    return getParent().getResourceAsStream(file);
  }
}
