/* Names of files as clients write them: file:///home/me/a%20b.crnl. */
#ifndef SERVER_URI_H
#define SERVER_URI_H

/* The path, to be freed. What is no file: URI, such as a text that was never saved, stands for itself. */
char *uri_to_path(const char *uri);
char *uri_of_path(const char *path); /* of an absolute path; to be freed */

#endif
