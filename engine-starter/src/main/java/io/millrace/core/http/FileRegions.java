package io.millrace.core.http;

import java.io.IOException;
import java.nio.channels.FileChannel;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is common to the files that responses are sent from.
 */
public final class FileRegions {

	private static final Logger logger = LoggerFactory.getLogger(FileRegions.class);

	private FileRegions() {
	}

	/**
	 * Close a file that was only read: nothing is lost if that fails.
	 * @param file the file
	 */
	public static void close(FileChannel file) {
		try {
			file.close();
		}
		catch (IOException ex) {
			logger.debug("A file that was sent could not be closed", ex);
		}
	}

}
