/* Names of files as in the protocol: file:///home/me/a%20b.crnl. */
#ifndef SERVER_URI_H
#define SERVER_URI_H

/* The path, to be freed. A URI that is not of a file, such as that of a text that was never saved, is
 * returned unchanged. */
char *uri_to_path(const char *uri);
char *uri_of_path(const char *path); /* of an absolute path; to be freed */

#endif
