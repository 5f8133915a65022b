package io.millrace.servlet;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Session attributes as bytes, each on its own, so that one that cannot be kept costs no
 * other. What is dropped is named in the log.
 */
final class AttributeSerializer {

	private static final Logger logger = LoggerFactory.getLogger(AttributeSerializer.class);

	private final ClassLoader loader;

	private final ObjectInputFilter patterns;

	/**
	 * Create a serializer.
	 * @param loader where the classes of the application are; after a restart by the
	 * development tools another one than before
	 * @param classes which classes to restore besides the safe ones
	 */
	AttributeSerializer(ClassLoader loader, List<String> classes) {
		this.loader = loader;
		this.patterns = AttributeFilter.patterns(classes);
	}

	/**
	 * Write an attribute.
	 * @param name its name
	 * @param value its value
	 * @return {@code null} where it cannot be serialised
	 */
	byte @Nullable [] write(String name, Object value) {
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(value);
		}
		// Foreign writeObject methods throw anything.
		catch (IOException | RuntimeException | LinkageError | StackOverflowError ex) {
			logger.warn("The session attribute '{}' of {} cannot be serialised and is not kept: {}", name,
					value.getClass().getName(), ex.toString());
			return null;
		}
		return bytes.toByteArray();
	}

	/**
	 * Read an attribute.
	 * @param name its name
	 * @param bytes what {@link #write} returned
	 * @return {@code null} where it cannot be restored or must not be
	 */
	@Nullable Object read(String name, byte[] bytes) {
		AttributeFilter filter = AttributeFilter.of(this.patterns);
		try (ObjectInputStream in = new ApplicationObjectInputStream(new ByteArrayInputStream(bytes), this.loader)) {
			in.setObjectInputFilter(filter);
			return in.readObject();
		}
		catch (IOException | ClassNotFoundException | RuntimeException | LinkageError | StackOverflowError ex) {
			String refused = filter.refused();
			if (refused != null) {
				logger.warn("The session attribute '{}' is not restored: {} is not among the classes that may be", name,
						refused);
			}
			else {
				logger.warn("The session attribute '{}' cannot be restored: {}", name, ex.toString());
			}
			return null;
		}
	}

	private static final class ApplicationObjectInputStream extends ObjectInputStream {

		private final ClassLoader loader;

		ApplicationObjectInputStream(InputStream in, ClassLoader loader) throws IOException {
			super(in);
			this.loader = loader;
		}

		@Override
		protected Class<?> resolveClass(ObjectStreamClass description) throws IOException, ClassNotFoundException {
			try {
				return Class.forName(description.getName(), false, this.loader);
			}
			catch (ClassNotFoundException ex) {
				// Primitive types have no other way.
				return super.resolveClass(description);
			}
		}

	}

}
