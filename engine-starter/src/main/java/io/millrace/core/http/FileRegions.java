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
	 * Whether a file has a region. To be asked before a promise is made to the client: a
	 * file that is found too short when the head is out can only be cut off.
	 * @param file the file
	 * @param position where the region starts
	 * @param length its length in bytes
	 * @return whether it has it all
	 */
	public static boolean exists(FileChannel file, long position, long length) {
		try {
			if (file.size() - position >= length) {
				return true;
			}
			logger.error("A file is shorter than the {} bytes at {} that were to be sent", length, position);
		}
		catch (IOException ex) {
			logger.error("A file that was to be sent cannot be read", ex);
		}
		return false;
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
